# The model of queue, doorbell and event.

.PHONY: test-model
NEEDS_model = $(SETUP_TEST)
test-model: $(NEEDS_model) ## only the model check of queues and events (spin)
	@tests/model/run $(B)
