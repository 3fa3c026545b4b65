//@ why A buffer that is just large enough is refused: < became <=.
//@ loses edges
//@ from solution
//@ substitute vmm/call/hc_scramble.c result_len < text_len => result_len <= text_len
