/*
 * A static program tells libgcc at its start where its unwind tables are, and since gcc 13 libgcc
 * then reads all of them: 300,000 instructions and 200 KiB of memory for duet, which never unwinds
 * a stack (no C++, no pthread_exit, no pthread_cancel). The linker is told to have those calls,
 * from the compiler's start-up code, go here.
 */
void __wrap___register_frame_info(const void *begin, void *object);
void *__wrap___deregister_frame_info(const void *begin);

void
__wrap___register_frame_info(const void *begin, void *object)
{
    (void)begin, (void)object;
}

void *
__wrap___deregister_frame_info(const void *begin)
{
    (void)begin;
    return 0;
}
