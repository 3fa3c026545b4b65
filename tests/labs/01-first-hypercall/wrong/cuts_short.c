//@ why A result that does not fit is cut, as console_read would.
//@ loses output_length
//@ from solution
//@ substitute vmm/call/hc_scramble.c return sbi_error(SBI_ERR_INVALID_PARAM); => text_len = result_len;
