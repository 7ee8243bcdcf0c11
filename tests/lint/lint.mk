# make lint: what no compiler sees. Seconds, so that it runs before each commit.
LINTS := layers bans size sql templates langkeys settings

$(BUILD)/lint/check_templates: tests/lint/check_templates.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(STRICT) -I/usr/include/ClearSilver -o $@ $< -lneo_cs -lneo_utl

lint: $(BUILD)/lint/check_templates programs
	@failed=0; VOLTILL_BUILD=$(BUILD) node --test tests/lint/statements.mjs >$(BUILD)/lint/statements.log || \
	{ cat $(BUILD)/lint/statements.log; failed=1; }; for lint in $(LINTS); do BUILD=$(BUILD) node tests/lint/$$lint.mjs || failed=1; done; \
	$(BUILD)/lint/check_templates templates || failed=1; \
	node tests/lint/selftest.mjs || failed=1; exit $$failed

.PHONY: lint
