/* libfdt.h includes this for INT_MAX. */
#ifndef TOYOS_LIMITS_H
#define TOYOS_LIMITS_H

#define INT_MAX  __INT_MAX__
#define UINT_MAX (2U * __INT_MAX__ + 1U)

#endif
