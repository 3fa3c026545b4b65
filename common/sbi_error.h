/* Names of SBI errors (SBI 2.0 §3.1) and of Duet's own (abi/hypercalls.h). */
#ifndef DUET_COMMON_SBI_ERROR_H
#define DUET_COMMON_SBI_ERROR_H

#include <stdint.h>

/* The error's name without its prefix, such as "INVALID_PARAM"; "error" for a number that has none.
 */
const char *sbi_error_name(int64_t error);

#endif
