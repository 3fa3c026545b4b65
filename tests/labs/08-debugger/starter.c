//@ replace vmm/debug/gdb_packet.c
/* Lab 08: adds a byte to the contents of the packet that comes in. */
static void
contents_add(struct gdb_receiver *receiver, uint8_t byte)
{
    (void)receiver, (void)byte; /* not implemented */
}

/* Lab 08: takes a digit of the checksum that was sent. */
static void
checksum_add(struct gdb_receiver *receiver, uint8_t byte)
{
    (void)receiver, (void)byte; /* not implemented */
}

/* Lab 08: takes the next byte that gdb has sent. What it has completed: see gdb_packet.h. */
enum gdb_input
gdb_receive(struct gdb_receiver *receiver, uint8_t byte)
{
    (void)receiver, (void)byte, (void)contents_add, (void)checksum_add;
    return GDB_INPUT_NONE; /* not implemented */
}

/* Lab 08: writes the packet as it goes over the line. Its length. */
size_t
gdb_frame(const struct gdb_packet *packet, char frame[GDB_FRAME_MAX])
{
    (void)packet, (void)frame;
    return 0; /* not implemented */
}
//@ replace vmm/debug/breakpoint.c
/* Lab 08: breakpoint.h says what these four promise. What is named behind (void) helps with it. */
bool
breakpoint_plant(struct breakpoints *points, uint64_t gva, uint64_t gpa, bool passing)
{
    (void)points, (void)gva, (void)gpa, (void)passing;
    (void)code_at, (void)code_read, (void)code_write, (void)ebreak_of;
    return false; /* not implemented */
}

void
breakpoint_unplant(struct breakpoints *points)
{
    (void)points, (void)former_add; /* not implemented */
}

void
breakpoint_replant(struct breakpoints *points)
{
    (void)points, (void)context_at; /* not implemented */
}

bool
breakpoint_copy(struct breakpoints *points, uint64_t gva, uint64_t gpa, bool keep)
{
    (void)points, (void)gva, (void)gpa, (void)keep, (void)plant_find;
    return false; /* not implemented */
}
