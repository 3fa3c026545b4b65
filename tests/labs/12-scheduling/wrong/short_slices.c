//@ why A slice is 5 ms.
//@ loses turns policy
//@ substitute toyos/kernel/sched/sched.c #define SLICE_MS 10 => #define SLICE_MS 5
