/*
 * What is on the disk. The kernel and the host tool (toyos/mkfs) share this header; README.md has
 * the picture. All numbers are little-endian; blocks are numbered from 0 at the start of the disk.
 */
#ifndef TOYOS_FS_FORMAT_H
#define TOYOS_FS_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define FS_BLOCK_SIZE    4096
#define FS_MAGIC         0x315346736f796f74 /* "toyosFS1" */
#define FS_VERSION       1
#define FS_BLOCKS_MIN    256
#define FS_BLOCKS_MAX    (1u << 22) /* 16 GiB: a block of bitmap has 32,768 bits */
#define FS_INODES_MAX    65536      /* a directory entry has 16 bits for the number */
#define FS_ROOT          1          /* the root directory's inode; inode 0 is never used */
#define FS_BITS          (FS_BLOCK_SIZE * 8)
#define FS_LINKS_MAX     32767
#define FS_SUPER_BLOCK   0
#define FS_JOURNAL_BLOCK 1 /* struct fs_journal: where the log begins */
#define FS_ORPHAN_BLOCK  2

/*
 * Block 0. Written when the image is made and never again, so no power cut can tear it. The regions
 * follow each other in the order of these fields, and the log ends the disk.
 */
struct fs_super {
    uint64_t magic;
    uint32_t version;
    uint32_t block_size;
    uint32_t block_count;
    uint32_t inode_count;
    uint32_t inode_bitmap; /* these are the first blocks of each region */
    uint32_t block_bitmap;
    uint32_t inode_table;
    uint32_t data;
    uint32_t log;
    uint32_t reserved;
    uint64_t checksum; /* fs_checksum of all before */
};

/*
 * Block 2: inodes without a name that a process still had open: they are freed by the next mount.
 */
#define FS_ORPHANS (FS_BLOCK_SIZE / 2)
struct fs_orphans {
    uint16_t inode[FS_ORPHANS]; /* 0: a free place */
};

#define FS_DIRECT          26
#define FS_INDIRECT        (FS_BLOCK_SIZE / 4) /* block numbers in a block */
#define FS_FILE_BLOCKS_MAX ((uint64_t)FS_DIRECT + FS_INDIRECT + (uint64_t)FS_INDIRECT * FS_INDIRECT)
#define FS_FILE_SIZE_MAX   (FS_FILE_BLOCKS_MAX * FS_BLOCK_SIZE)

/* Block numbers of 0 are holes, which read as zeros. */
struct fs_inode {
    uint16_t type; /* T_* of kernel/stat.h, 0: free */
    uint16_t nlink;
    uint16_t major, minor; /* of a device */
    uint64_t size;         /* bytes */
    uint32_t direct[FS_DIRECT];
    uint32_t indirect;        /* a block of block numbers */
    uint32_t double_indirect; /* a block of numbers of such blocks */
};

#define FS_INODES_PER_BLOCK (FS_BLOCK_SIZE / sizeof(struct fs_inode))

/*
 * A directory's file is made of buckets, a block each, of names by their hash (fs_name_hash). A
 * bucket begins with the history of its splits: it was made with the names of one value of the
 * lowest `first_bit` bits; when it was full for the n-th time, the names whose bit n is 1 went to
 * bucket child[n]. So a search starts in bucket 0 at bit 0 and follows the first 1 among the bits
 * from first_bit to depth - 1, until there is none.
 *
 * The header is as long as a few entries and begins with a 0, so that a directory can be read as an
 * array of entries. "." and ".." are always the first two entries of bucket 0.
 */
#define FS_NAME_MAX     14
#define FS_DIR_DEPTH    16 /* bits of the hash that are used */
#define FS_BUCKET_SLOTS 253

struct fs_dirent {
    uint16_t inode; /* 0: a free place */
    char name[FS_NAME_MAX];
};

struct fs_bucket {
    uint16_t zero;
    uint8_t first_bit, depth;
    uint16_t child[FS_DIR_DEPTH]; /* block of the file, for first_bit <= n < depth */
    uint8_t unused[12];
    struct fs_dirent entry[FS_BUCKET_SLOTS];
};

/*
 * The journal. Every block that an operation changes goes to the log first, in transactions: a
 * descriptor block, the blocks in the order of its list, a commit block. A transaction counts if
 * its sequence number is the expected one and the commit block has the checksum of all the others.
 * Only after that are the blocks written to where they belong.
 *
 * The log is a ring of blocks; block 1 of the disk says where its oldest transaction begins and
 * what that one's sequence number is.
 */
#define FS_JOURNAL_MAGIC 0x4c4e524a6f796f74 /* "toyoJRNL" */

struct fs_journal {
    uint64_t magic;
    uint64_t sequence; /* of the oldest transaction, or of the next if there is none; from 1 */
    uint32_t start;    /* its place in the log, in blocks */
    uint32_t reserved;
    uint64_t checksum; /* fs_checksum of all before */
};

enum { FS_LOG_DESCRIPTOR = 1, FS_LOG_COMMIT = 2 };

struct fs_log_record {
    uint64_t magic; /* FS_JOURNAL_MAGIC */
    uint64_t sequence;
    uint32_t kind;  /* FS_LOG_* */
    uint32_t count; /* of blocks, without descriptor and commit block */
    uint64_t checksum;
    /* Of a commit block: of the descriptor block and the blocks. Of a descriptor block: 0 */
};

#define FS_LOG_BLOCKS_MAX ((FS_BLOCK_SIZE - sizeof(struct fs_log_record)) / 4)

struct fs_log_descriptor {
    struct fs_log_record record;
    uint32_t block[FS_LOG_BLOCKS_MAX]; /* where each belongs */
};

_Static_assert(sizeof(struct fs_inode) == 128, "an inode is 128 bytes");
_Static_assert(sizeof(struct fs_dirent) == 16, "a directory entry is 16 bytes");
_Static_assert(sizeof(struct fs_bucket) == FS_BLOCK_SIZE, "a bucket is a block");
_Static_assert(sizeof(struct fs_log_descriptor) == FS_BLOCK_SIZE, "a descriptor is a block");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "structs are used as they are on disk");

/* Fletcher's checksum over 32-bit words, in 64 bits; `len` is a multiple of 4. Start with
 * FS_CHECKSUM_START, and go on with the result for the next piece. */
#define FS_CHECKSUM_START 0x0000000100000001

static inline uint64_t
fs_checksum(uint64_t sum, const void *data, uint64_t len)
{
    const uint32_t *word = data;
    uint64_t a = sum & 0xffffffff, b = sum >> 32;

    /* 2,048 words at most until the carries go back in: b stays below 2^55. */
    for (uint64_t n = len / 4; n;) {
        uint64_t piece = n < 2048 ? n : 2048;
        n -= piece;
        while (piece--) {
            a += *word++;
            b += a;
        }
        a = (a & 0xffffffff) + (a >> 32);
        b = (b & 0xffffffff) + (b >> 32);
        a = (a & 0xffffffff) + (a >> 32);
        b = (b & 0xffffffff) + (b >> 32);
    }
    return b << 32 | (a & 0xffffffff);
}

/* The hash of a name of FS_NAME_MAX bytes, or less and a NUL: FNV-1a, folded to 16 bits. */
static inline uint32_t
fs_name_hash(const char *name)
{
    uint32_t hash = 2166136261;

    for (unsigned i = 0; i < FS_NAME_MAX && name[i]; i++)
        hash = (hash ^ (unsigned char)name[i]) * 16777619;
    return (hash ^ hash >> 16) & 0xffff;
}

#endif
