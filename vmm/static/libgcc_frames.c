/*
 * A static program without the registration of its unwind tables. At its start it tells libgcc
 * where they are, and since gcc 13 libgcc then reads all of them: 300,000 instructions and 200 KiB
 * of memory for duet, which never unwinds its own stack (no C++, no pthread_exit, no
 * pthread_cancel). The linker is told to have those calls, from the compiler's start-up code, go
 * here.
 *
 * Remove when libgcc reads the tables at the first use, as it did before gcc 13.
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
