//@ why A copy is recognised, and not taken out of memory later.
//@ loses copies
//@ substitute vmm/debug/breakpoint.c
        plant.gpa = gpa;
        points->plant[points->plant_count++] = plant;
//@ by
        plant.gpa = gpa;
