//@ why The random bytes are the same in each run.
//@ loses chosen
//@ substitute vmm/machine/vm.c if (getrandom(machine.rng_seed, sizeof(machine.rng_seed), 0) != sizeof(machine.rng_seed)) => for (unsigned i = 0; i < sizeof(machine.rng_seed); i++)\n        machine.rng_seed[i] = (unsigned char)(i * i);\n    if (0)
