# The pricing engine against an implementation of its own in another language (tests/tariff/): every
# case is made from a seed, which is printed. `make tariff TARIFF_SEED=… TARIFF_CASES=…` repeats one.
$(BUILD)/tests/tariff/price: $(BUILD)/tests/tariff/price.o $(library)
	$(Q)$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) $(LDHARDEN) -o $@ $^ $(BASE_LIBS)

.PHONY: tariff
tariff: $(BUILD)/tests/tariff/price
	@VOLTILL_BUILD=$(BUILD) node --test tests/tariff/
unit: tariff
