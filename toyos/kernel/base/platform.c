/* The platform that was chosen at boot. */
#include "toyos/kernel/base/platform.h"

struct platform *platform;
