//@ why The hart fences itself, and not the others.
//@ loses fences only
//@ substitute toyos/kernel/base/hart.c harts[i].root != root || &harts[i] == hart_this() => harts[i].root != root || &harts[i] != hart_this()
