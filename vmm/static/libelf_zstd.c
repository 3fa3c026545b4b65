/*
 * libelf without zstd's compressor. libelf compresses sections in the same file in which it
 * decompresses them, and duet only has it decompress. These functions refuse instead; the linker is
 * told to have libelf's calls go here. The compressor would be 496 KiB, a third of duet, and the
 * stripped duet is to be at most 1,536 KiB (the goal `binary` of tests/bench; tests/make/run holds
 * it to that).
 *
 * Remove when libelf has its compressing functions in an object of their own.
 */
#include <zstd.h>

ZSTD_CCtx *__wrap_ZSTD_createCCtx(void);
size_t __wrap_ZSTD_freeCCtx(ZSTD_CCtx *context);
size_t __wrap_ZSTD_compressStream2(ZSTD_CCtx *context, ZSTD_outBuffer *out, ZSTD_inBuffer *in,
                                   ZSTD_EndDirective end);

ZSTD_CCtx *
__wrap_ZSTD_createCCtx(void)
{
    return NULL;
}

size_t
__wrap_ZSTD_freeCCtx(ZSTD_CCtx *context)
{
    (void)context;
    return 0;
}

size_t
__wrap_ZSTD_compressStream2(ZSTD_CCtx *context, ZSTD_outBuffer *out, ZSTD_inBuffer *in,
                            ZSTD_EndDirective end)
{
    (void)context, (void)out, (void)in, (void)end;
    return (size_t)-1; /* an error, as ZSTD_isError() has it */
}
