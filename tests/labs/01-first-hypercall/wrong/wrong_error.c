//@ why The error is another one than the task says.
//@ loses output_length
//@ from solution
//@ substitute vmm/call/hc_scramble.c SBI_ERR_INVALID_PARAM => SBI_ERR_FAILED
