//@ why Pages that are given back are kept as they are.
//@ loses release
//@ substitute tests/labs/P1-hypervisor/hv/hc_system.c
        gstage_page_release(pages + done);
//@ by
        (void)pages;
