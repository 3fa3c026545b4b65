//@ why A few macros become as many words as fill all memory.
//@ loses all
//@ ends not built
//@ append vmm/call/hc_scramble.c
#define TEN(x)      x x x x x x x x x x
#define THOUSAND(x) TEN(TEN(TEN(x)))
static const char words[] = THOUSAND(THOUSAND(THOUSAND("ok")));
