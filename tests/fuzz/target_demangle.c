/* The name of a function, from the guest's ELF file. The first byte says how much room there is. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "vmm/report/demangle.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    size_t room = (size_t)take(&input, 1) + 1, len = input.left;
    /* On the heap, so that a sanitizer sees what is read or written behind their ends. */
    char *name = calloc(len + 1, 1), *text = malloc(room);

    take_bytes(&input, name, len);
    if (demangle(name, text, room))
        fuzz_check(text[0] && memchr(text, '\0', room), "no text, or without an end");
    free(name);
    free(text);
    return 0;
}

static void
seed(const char *file, const char *name)
{
    struct output output = {0};

    give(&output, 255, 1);
    give_bytes(&output, name, strlen(name));
    seed_write(file, output.data, output.len);
}

void
fuzz_seeds(void)
{
    seed("cpp", "_ZN6kernel7Console3getISt6vectorIiSaIiEEEET_PS5_");
    seed("cpp-values", "_ZN6kernel4numsILin3ELb1ELj7EEEvv");
    seed("cpp-lambda", "_ZZ5main_vENKUliE_clEi");
    seed("rust-old", "_ZN50_$LT$T$u20$as$u20$core..convert..Into$LT$U$GT$$GT$"
                     "4into17h0123456789abcdefE");
    seed("rust", "_RNvXs_Cs1234_7mycrateNtB4_3FooNtNtCs9876_4core3fmt5Debug3fmt");
    seed("rust-types", "_RINvC1a1bRTAhj4_DNtC1c1dEL_FKCPlEuEE");
}
