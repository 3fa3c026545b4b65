//@ why The hart that asked is told in both machines that it is in the restored one.
//@ loses goes_on
//@ substitute vmm/state/save.c     int error = 0; =>     int error = 0;\n\n    if (!failed)\n        return 0;
