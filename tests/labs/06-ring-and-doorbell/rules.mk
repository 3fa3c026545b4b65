# Lab 06: a guest that explores the orders of the ring's accesses, of which the compiler tells it: see
# tests/unit/order.h. The ring of the guests' kit tells nothing, so it is left out.

RING_ORDERS_OBJ := $(patsubst %,$(B)/labs/ring-orders/%.o,common/ring tests/unit/ring_orders tests/unit/order)
$(B)/labs/ring-orders/common/ring.o: RING_ORDERS_CFLAGS := -fsanitize=thread
$(B)/labs/ring-orders/%.o: %.c tests/labs/06-ring-and-doorbell/rules.mk | $(SYSROOT_READY) $(ABI_CHECKED)
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(CSTD) $(GUEST_CFLAGS) $(RING_ORDERS_CFLAGS) -MMD -MP -c $< -o $@

$(B)/labs/06-ring-and-doorbell/guests/orders.elf: $(B)/labs/06-ring-and-doorbell/guests/orders.o $(RING_ORDERS_OBJ) \
		$(B)/guest/kit/start.o $(B)/guest/kit/string.o abi/guest.ld
	$(Q)$(CROSS)gcc $(GUEST_LDFLAGS) $(filter %.o,$^) -o $@
-include $(RING_ORDERS_OBJ:.o=.d)
