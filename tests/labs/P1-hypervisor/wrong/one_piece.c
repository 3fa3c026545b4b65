//@ why A buffer is taken to lie in one piece in the host's memory.
//@ loses console
//@ substitute tests/labs/P1-hypervisor/hv/guest_mem.c
        piece = piece_len(gpa + done, len - done);
        memcpy((char *)to + done, gstage_page(gpa + done) + (gpa + done) % PAGE_SIZE, piece);
//@ by
        piece = len;
        memcpy((char *)to + done, gstage_page(gpa + done) + (gpa + done) % PAGE_SIZE, piece);
