//@ why Where an EBREAK is planted already, that is taken for the original.
//@ loses plants
//@ substitute vmm/debug/breakpoint.c
    if (breakpoint_is_planted(points, gpa))
        return true;
//@ by
    for (unsigned i = 0; i < points->plant_count; i++) {
        if (points->plant[i].gpa != gpa)
            continue;
        points->plant[i].original = code_read(points, at);
        return true;
    }
