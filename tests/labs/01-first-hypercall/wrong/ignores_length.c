//@ why The length of the result buffer is not looked at.
//@ loses output_length
//@ from solution
//@ substitute vmm/call/hc_scramble.c if (result_len < text_len) => if (result_len < text_len && 0)
