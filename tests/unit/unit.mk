# Unit tests: every tests/unit/test_NAME.c is a cmocka program of its own, $(BUILD)/unit/test_NAME. It
# usually #includes the .c it tests; what else that needs comes from the library. What the library
# does not hold is named below, before the rules:
#
#   unit_objects_NAME := collector/plan.o        objects of the tree, without $(BUILD)/
#   unit_libs_NAME    := -lmodbus                libraries
#   unit_include_NAME := -Icgi-bin/web           include folders
#
#   make unit             builds and runs them all
#   make unit-clock       one of them, with its output
#
# tests/db/test_*.c are built by the same rules, and run by tests/db/run.sh.

# ---- what single tests need besides the library ----
unit_objects_db_partition := ctl/partition.o ctl/retention.o

unit_include_plan := -Icollector
unit_include_deliver := -Icollector
unit_include_outbox := -Icollector
unit_include_spool := -Icollector
unit_include_known := -Icollector
unit_include_mbap := -Icollector
unit_include_money_frame := -Icollector
unit_include_profile := -Icollector
unit_include_config_frame := -Icollector
unit_objects_config_frame := $(patsubst %.c,%.o,$(wildcard collector/profiles/*.c)) collector/profile.o
unit_include_identity := -Icollector
unit_objects_profile := $(patsubst %.c,%.o,$(wildcard collector/profiles/*.c)) collector/config_frame.o
unit_include_link := -Icollector
unit_objects_link := collector/line.o collector/tcp.o collector/mbap.o collector/rtu.o collector/dial.o
unit_libs_link    := -lmodbus -lutil
unit_include_link_fault := -Icollector
unit_objects_link_fault := $(unit_objects_link)
unit_libs_link_fault    := -lmodbus -lutil
unit_include_bus := -Icollector
unit_objects_bus := $(patsubst %.c,%.o,$(wildcard collector/profiles/*.c)) $(unit_objects_link) \
                    collector/bus_tell.o collector/bus_identity.o collector/identity.o collector/plan.o collector/link.o collector/profile.o \
                    collector/outbox.o collector/definition.o collector/lease.o \
                    collector/order.o collector/order_config.o collector/order_scan.o collector/config_frame.o \
                    collector/order_read.o collector/order_money.o collector/order_control.o collector/order_guard.o \
                    collector/deliver.o collector/money_frame.o collector/money_desk.o
unit_libs_bus    := -lmodbus
unit_include_bus_identity := -Icollector
unit_objects_bus_identity := $(unit_objects_bus)
unit_libs_bus_identity    := -lmodbus

unit_libs_sheet := -lzip -lexpat
unit_libs_import_match := -lzip -lexpat

unit_libs_totp := -loath

web_view := cgi-bin/web/view.o cgi-bin/web/template.o cgi-bin/web/lang.o
unit_include_param := -Icgi-bin/web
unit_include_export_text := -Icgi-bin/web
unit_objects_export_text := cgi-bin/web/param.o
unit_include_form := -Icgi-bin/web
unit_objects_form := cgi-bin/web/param.o $(web_view)
unit_libs_form    := -lneo_cs -lneo_utl
unit_include_list := -Icgi-bin/web
unit_objects_list := cgi-bin/web/param.o $(web_view)
unit_libs_list    := -lneo_cs -lneo_utl
unit_include_route := -Icgi-bin/web
unit_objects_route := cgi-bin/web/param.o cgi-bin/web/answer.o cgi-bin/web/confirm.o cgi-bin/web/nav.o $(web_view)
unit_libs_route    := -lneo_cs -lneo_utl

# ---- the rules ----

unit_names := $(patsubst tests/unit/test_%.c,%,$(wildcard tests/unit/test_*.c))
db_names   := $(patsubst tests/db/test_%.c,%,$(wildcard tests/db/test_*.c))
# Tests hand literals to everything, so conversions are not checked; the rest of STRICT is.
UNIT_STRICT = -Wno-conversion -Wno-sign-conversion -Wno-unused-function

define unit_test
$(BUILD)/unit/test_$(1): $(BUILD)/tests/$(2)/test_$(1).o $$(addprefix $(BUILD)/,$$(unit_objects_$(1))) $$(library)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS) $$(SANFLAGS) $$(LDFLAGS) $$(LDHARDEN) -o $$@ $$^ \
	    $$(unit_libs_$(1)) $$(BASE_LIBS) -lcmocka -lm
$(BUILD)/tests/$(2)/test_$(1).o: INCLUDE += $$(unit_include_$(1))
$(BUILD)/tests/$(2)/test_$(1).o: CPPFLAGS += $$(UNIT_STRICT)
unit-$(1): $(BUILD)/unit/test_$(1)
	@$$<
.PHONY: unit-$(1)
endef

$(foreach name,$(unit_names),$(eval $(call unit_test,$(name),unit)))
$(foreach name,$(db_names),$(eval $(call unit_test,$(name),db)))

# These talk over lines and mostly wait: half a minute that make check leaves out.
unit_slow := bus bus_identity link link_fault

# Three at a time.
run_units = printf '%s\n' $(1) | xargs -P 3 -I '{}' sh -c 'name=$$(basename {}); \
    if out=$$({} 2>&1); then echo "ok   $$name"; else echo "FAIL $$name"; echo "$$out"; exit 1; fi'

.PHONY: unit unit-fast
unit: $(unit_names:%=$(BUILD)/unit/test_%)
	@$(call run_units,$(filter $(BUILD)/unit/%,$^))
unit-fast: $(patsubst %,$(BUILD)/unit/test_%,$(filter-out $(unit_slow),$(unit_names)))
	@$(call run_units,$(filter $(BUILD)/unit/%,$^))

include tests/tariff/tariff.mk
include tests/deliver/deliver.mk
