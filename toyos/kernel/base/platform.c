/* The platform that was chosen. */
#include "toyos/kernel/base/platform.h"

struct platform *platform;
