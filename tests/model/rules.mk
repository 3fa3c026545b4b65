# The model of queue, doorbell and event.

.PHONY: test-model
test-model: | $(SETUP_TEST) ## only the model check of queues and events (spin)
	@tests/model/run $(B)
