/*
 * libelf without compression: it compresses sections in the same file in which it decompresses
 * them, and duet only has it decompress. The linker takes these functions, which refuse, instead of
 * the archives', and so leaves out zlib's and zstd's compressors: a third of duet.
 */
#include <zlib.h>
#include <zstd.h>

int
deflateInit_(z_streamp stream, int level, const char *version, int stream_size)
{
    (void)stream, (void)level, (void)version, (void)stream_size;
    return Z_STREAM_ERROR;
}

int
deflate(z_streamp stream, int flush)
{
    (void)stream, (void)flush;
    return Z_STREAM_ERROR;
}

int
deflateEnd(z_streamp stream)
{
    (void)stream;
    return Z_STREAM_ERROR;
}

ZSTD_CCtx *
ZSTD_createCCtx(void)
{
    return NULL;
}

size_t
ZSTD_freeCCtx(ZSTD_CCtx *context)
{
    (void)context;
    return 0;
}

size_t
ZSTD_compressStream2(ZSTD_CCtx *context, ZSTD_outBuffer *out, ZSTD_inBuffer *in,
                     ZSTD_EndDirective end)
{
    (void)context, (void)out, (void)in, (void)end;
    return (size_t)-1; /* an error, as ZSTD_isError() has it */
}
