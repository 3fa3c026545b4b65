/* The report of a fault: it names the function, by symbols that the program may have made up. */
#include "toyos/kernel/proc/elf.h"
#include "usertests.h"

#define COPY "/crash.copy"

/* A copy of /crash, which is edited before it runs. */
static char image[1 << 16];
static int image_len;
static struct elf_header *header;
static struct elf_section *symbols, *strings;
static struct elf_symbol *poke; /* the function that faults */

static void
load_image(void)
{
    int fd = open("/crash", O_RDONLY);

    image_len = read(fd, image, sizeof(image));
    close(fd);
    check(image_len > 0 && image_len < (int)sizeof(image));
    header = (struct elf_header *)(void *)image;
    symbols = (struct elf_section *)(void *)(image + header->sections_offset);
    while (symbols->type != ELF_SECTION_SYMBOLS)
        symbols++;
    strings = (struct elf_section *)(void *)(image + header->sections_offset) + symbols->link;
    poke = (struct elf_symbol *)(void *)(image + symbols->offset);
    while (strcmp(image + strings->offset + poke->name, "poke") != 0)
        poke++;
}

static void
write_image(void)
{
    int fd = open(COPY, O_CREATE | O_WRONLY | O_TRUNC);

    check(fd >= 0 && write(fd, image, image_len) == image_len);
    close(fd);
}

static char how[] = "unlinked";

static void
run_copy(void)
{
    char path[] = COPY, *argv[] = {path, how, 0};

    exec(COPY, argv);
}

/* Run it as it is now, and have the image as it was. */
static void
run_edited(void)
{
    write_image();
    check(status_of(run_copy) == KILLED);
    check(open(COPY, O_RDONLY) < 0); /* the program has deleted it before the fault */
    load_image();
}

/* A name is in the report, these two times: tests/guest/cases/toyos_faults.sh looks. */
static void
fault_with_symbols(void)
{
    load_image();
    run_edited();
    symbols->size = -1UL; /* what of it is in the file counts */
    run_edited();
}

static void
fault_without_symbols(void)
{
    load_image();
    header->section_count = 0;
    run_edited();
    header->section_size = 1;
    run_edited();
    header->sections_offset = -1UL;
    run_edited();
    header->sections_offset = (uint64)image_len - 100;
    run_edited();
    symbols->type = 1;
    run_edited();
    symbols->link = 0xffffffff;
    run_edited();
    symbols->offset = -8UL;
    run_edited();
    symbols->size = sizeof(*poke) - 1;
    run_edited();
    strings->offset = -1UL;
    run_edited();
    poke->name = 0xffffffff;
    run_edited();
    poke->size = 0;
    run_edited();
    poke->value = 1UL << 40;
    run_edited();
    image[strings->offset + poke->name] = '\033';
    run_edited();
}

const struct test fault_tests[] = {
    {fault_with_symbols, "fault_with_symbols", 0},
    {fault_without_symbols, "fault_without_symbols", 0},
    {0},
};
