//@ why The value is the size of the buffer, not of the result.
//@ loses scrambles reverses edges
//@ from solution
//@ substitute vmm/call/hc_scramble.c sbi_value(text_len) => sbi_value(result_len)
