/* The guest's console: the host's UART. */
#include "hv/event.h"
#include "hv/guest_mem.h"
#include "hv/hypercall.h"
#include "hv/uart.h"

struct sbi_ret
hc_console_write(struct vcpu *vcpu, uint64_t text, uint64_t text_len)
{
    char piece[256];

    (void)vcpu;
    for (uint64_t done = 0, len; done < text_len; done += len) {
        len = text_len - done < sizeof(piece) ? text_len - done : sizeof(piece);
        guest_mem_read(piece, text + done, len);
        for (uint64_t i = 0; i < len; i++)
            uart_write(piece[i]);
    }
    return sbi_value(text_len);
}

struct sbi_ret
hc_console_read(struct vcpu *vcpu, uint64_t text, uint64_t text_len)
{
    uint64_t len = 0;

    (void)vcpu;
    for (; len < text_len && uart_has_input(); len++) {
        char c = uart_read();
        guest_mem_write(text + len, &c, 1);
    }
    events_update();
    return sbi_value(len); /* a UART has no end of file */
}

struct sbi_ret
hc_console_size(struct vcpu *vcpu)
{
    (void)vcpu;
    return sbi_value(0); /* a UART does not tell what is at its other end */
}
