//@ why Harts that run other processes have to fence, too.
//@ loses only
//@ substitute toyos/kernel/base/hart.c harts[i].root != root || &harts[i] == hart_this() => &harts[i] == hart_this()
