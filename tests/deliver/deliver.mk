# The delivery machine of the collector against a world of faults (tests/deliver/): seeded runs, and
# runs with a broken rule that must be noticed. `make deliver DELIVER_RUNS=…`; a bad run prints how
# to repeat it: $(BUILD)/tests/deliver/simulate --only CONFIG --seed SEED tells it step by step.
DELIVER_RUNS ?= 200000

$(call objects,$(wildcard tests/deliver/*.c)): INCLUDE += -Icollector
$(BUILD)/tests/deliver/simulate: $(call objects,$(wildcard tests/deliver/*.c)) $(BUILD)/collector/deliver.o $(library)
	$(Q)$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) $(LDHARDEN) -o $@ $^ $(BASE_LIBS)

.PHONY: deliver
deliver: $(BUILD)/tests/deliver/simulate
	@$< --runs $(DELIVER_RUNS)
	@for rule in quiet intent blind clock resend; do \
	    ! $< --runs 20000 --break $$rule >$(BUILD)/tests/deliver/broken || { echo "deliver: nobody notices that $$rule is broken"; exit 1; }; done
unit: deliver
