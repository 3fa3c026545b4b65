/* The description of the registers that gdb reads. */
#include "vmm/debug/gdb_regs.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/riscv.h"

/* gdb's own number of CSR 0 (riscv-tdep.h of its sources). */
#define CSR_0_OF_GDB 65

struct text {
    size_t len;
    char data[10240];
};

static void __attribute__((format(printf, 2, 3)))
text_add(struct text *text, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(text->data + text->len, sizeof(text->data) - text->len, format, args);
    va_end(args);
    text->len += (size_t)len; /* the whole text fits: a unit test reads all of it */
}

static void
reg_add(struct text *text, const char *name, unsigned number, const char *type)
{
    text_add(text, "<reg name=\"%s\" bitsize=\"%zu\" type=\"%s\" regnum=\"%u\"/>", name,
             8 * gdb_reg_size(number), type, number);
}

/* f0 to f31 by the names of the calling convention. */
static void
fp_name(char name[6], unsigned n)
{
    const char *integer = riscv_register_name(n);

    if (n < 8)
        snprintf(name, 6, "ft%u", n);
    else if (n >= 28)
        snprintf(name, 6, "ft%u", n - 20);
    else
        snprintf(name, 6, "f%s", integer); /* fs and fa stand where s and a do */
}

size_t
gdb_reg_size(unsigned number)
{
    return number >= GDB_REG_FFLAGS && number <= GDB_REG_FCSR ? 4 : 8;
}

static void
describe(struct text *text, bool is_core)
{
    static const char *const control[] = {"fflags", "frm", "fcsr"};

    text_add(text, "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
                   "<architecture>riscv:rv64</architecture><osabi>none</osabi>"
                   "<feature name=\"org.gnu.gdb.riscv.cpu\">");
    for (unsigned n = 0; n < X_COUNT; n++)
        reg_add(text, n == X_FP ? "fp" : riscv_register_name(n), GDB_REG_X0 + n,
                n == X_RA                ? "code_ptr"
                : n >= X_SP && n <= X_TP ? "data_ptr"
                : n == X_FP              ? "data_ptr"
                                         : "int");
    reg_add(text, "pc", GDB_REG_PC, "code_ptr");
    text_add(text, "</feature><feature name=\"org.gnu.gdb.riscv.fpu\">"
                   "<union id=\"fp\"><field name=\"float\" type=\"ieee_single\"/>"
                   "<field name=\"double\" type=\"ieee_double\"/></union>");
    for (unsigned n = 0; n < 32; n++) {
        char name[6];

        fp_name(name, n);
        reg_add(text, name, GDB_REG_F0 + n, "fp");
    }
    for (unsigned n = 0; n < 3; n++)
        reg_add(text, control[n], GDB_REG_FFLAGS + n, "int");
    text_add(text, "</feature><feature name=\"org.gnu.gdb.riscv.csr\">");
#define GDB_CSR_ADD_(name, csr)                                                                    \
    reg_add(text, #name, is_core ? CSR_0_OF_GDB + (csr) : GDB_REG_##name, "uint64");
    GDB_CSRS(GDB_CSR_ADD_)
    if (!is_core) {
        text_add(text, "</feature><feature name=\"org.gnu.gdb.riscv.virtual\">");
        reg_add(text, "priv", GDB_REG_PRIV, "int");
    }
    text_add(text, "</feature></target>");
}

const char *
gdb_regs_xml(size_t *len)
{
    static struct text text;

    if (!text.len)
        describe(&text, false);
    *len = text.len;
    return text.data;
}

const char *
gdb_regs_core_xml(size_t *len)
{
    static struct text text;

    if (!text.len)
        describe(&text, true);
    *len = text.len;
    return text.data;
}
