//@ why A breakpoint is planted again also where other code is now.
//@ loses reused
//@ substitute vmm/debug/breakpoint.c memcmp(context_at(points, plant->gpa), plant->context, CONTEXT_SIZE) == 0; => context_at(points, plant->gpa);
