/* Names of SBI errors. Freestanding. */
#include "common/sbi_error.h"

#include "abi/hypercalls.h"
#include "abi/sbi.h"

const char *
sbi_error_name(int64_t error)
{
    switch (error) {
    case SBI_ERR_FAILED:
        return "FAILED";
    case SBI_ERR_NOT_SUPPORTED:
        return "NOT_SUPPORTED";
    case SBI_ERR_INVALID_PARAM:
        return "INVALID_PARAM";
    case SBI_ERR_DENIED:
        return "DENIED";
    case SBI_ERR_INVALID_ADDRESS:
        return "INVALID_ADDRESS";
    case SBI_ERR_ALREADY_AVAILABLE:
        return "ALREADY_AVAILABLE";
    case SBI_ERR_ALREADY_STARTED:
        return "ALREADY_STARTED";
    case SBI_ERR_ALREADY_STOPPED:
        return "ALREADY_STOPPED";
    case SBI_ERR_NO_SHMEM:
        return "NO_SHMEM";
    case DUET_ERR_END_OF_FILE:
        return "END_OF_FILE";
    case DUET_ERR_NO_DEVICE:
        return "NO_DEVICE";
    default:
        return "error";
    }
}
