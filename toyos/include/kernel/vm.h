/* The kinds of sys_sbrk(bytes, kind). */
#ifndef TOYOS_VM_H
#define TOYOS_VM_H

#define SBRK_EAGER 1 /* there are pages when it returns */
#define SBRK_LAZY  2 /* a page comes when it is first used */

#endif
