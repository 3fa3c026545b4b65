/* Runs a fuzz target once with each file, without libFuzzer: TARGET FILE..., or --seeds DIR. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

static void
file_replay(const char *path)
{
    FILE *file = fopen(path, "r");
    long len = -1;
    uint8_t *data;

    if (file && fseek(file, 0, SEEK_END) == 0)
        len = ftell(file);
    if (len < 0) {
        perror(path);
        exit(2);
    }
    rewind(file);
    data = malloc((size_t)len); /* the exact size, so that a sanitizer sees reads beyond it */
    if (!data || fread(data, 1, (size_t)len, file) != (size_t)len) {
        perror(path);
        exit(2);
    }
    fclose(file);
    LLVMFuzzerTestOneInput(data, (size_t)len);
    free(data);
}

int
main(int argc, char **argv)
{
    LLVMFuzzerInitialize(&argc, &argv);
    if (argc < 2) {
        fprintf(stderr, "usage: %s FILE...\n", argv[0]);
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        file_replay(argv[i]);
        printf("replayed %s\n", argv[i]);
        fflush(stdout);
    }
    return 0;
}
