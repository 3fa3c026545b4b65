//@ why A place that the guest uses for something else is remembered, and gets an EBREAK again.
//@ loses reused
//@ substitute vmm/debug/breakpoint.c
            continue;
        code_write(points, at, points->plant[i].original);
        points->plant[left++] = points->plant[i];
//@ by
            goto next;
        code_write(points, at, points->plant[i].original);
    next:
        points->plant[left++] = points->plant[i];
