# Voltill. Two commands: `make run` and `make test`; `make help` lists the rest.
#
# BUILD moves the objects (a second tree with sanitizers does not disturb the first),
# SANITIZE=address|thread adds a sanitizer, CC=clang changes the compiler.

BUILD    ?= build
PORT     ?= 8080
RUN_DIR  ?= build/run
DEMO     ?= 1
ifeq ($(origin CC),default)
CC       := gcc
endif
CFLAGS   ?= -O2 -g
STRICT   := -std=gnu2x -Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Wno-missing-field-initializers -Werror -Werror=format-security
HARDEN   := -fstack-protector-strong -fPIE
LDHARDEN := -pie -Wl,-z,relro,-z,now
# With a sanitizer gcc follows values less well and warns of what cannot happen; the plain build is strict.
ifneq ($(SANITIZE),)
STRICT   += -Wno-format-truncation -Wno-maybe-uninitialized
endif
ifeq ($(SANITIZE),address)
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
else ifeq ($(SANITIZE),thread)
SANFLAGS := -fsanitize=thread -fno-omit-frame-pointer
else
HARDEN   += -D_FORTIFY_SOURCE=2
endif
INCLUDE  := -Ilib
# V=1 shows the whole commands.
Q        := $(if $(V),,@)
VERSION  := $(shell git describe --always --dirty 2>/dev/null || echo unknown)

PROGRAMS := login accounts sales settings
# Asked for when linking: on a fresh machine `make run` installs it first.
DB_LIBS   = $(shell mariadb_config --libs)
BASE_LIBS = $(DB_LIBS) -linih -lsodium -lunistring -licui18n -licuuc -lpthread
# What reads the files that people bring.
SHEET_LIBS = -lzip -lexpat -lm
WEB_LIBS  = -lfcgi -lneo_cs -lneo_utl -lxlsxwriter -lzip

base     := $(wildcard lib/base/*.c)
model    := $(wildcard lib/model/*.c)
web      := $(wildcard cgi-bin/web/*.c)
objects   = $(patsubst %.c,$(BUILD)/%.o,$(1))
# An archive, so that a program holds (and --check-sql prepares) only what it uses.
library  := $(BUILD)/libvoltill.a

all: programs
programs: $(PROGRAMS:%=$(BUILD)/bin/%.fcgi) $(BUILD)/bin/collector $(BUILD)/bin/voltillctl $(BUILD)/bin/metersim

define program
$(BUILD)/bin/$(1).fcgi: $$(call objects,$$(wildcard cgi-bin/$(1)/*.c)) $$(call objects,$$(web)) $$(library)
$(BUILD)/bin/$(1).fcgi: LIBS = $$(WEB_LIBS) $$(BASE_LIBS)
$$(call objects,$$(wildcard cgi-bin/$(1)/*.c)): INCLUDE += -Icgi-bin/web
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))
# Only the sign-in knows the second factor.
$(BUILD)/bin/login.fcgi: LIBS = $(WEB_LIBS) $(BASE_LIBS) -loath -lqrencode
$(BUILD)/bin/sales.fcgi: LIBS += -lqrencode
$(BUILD)/bin/settings.fcgi: LIBS += $(SHEET_LIBS)
$(call objects,$(web)): INCLUDE += -Icgi-bin/web -I/usr/include/ClearSilver

$(BUILD)/bin/collector: $(call objects,$(wildcard collector/*.c collector/profiles/*.c)) $(library)
$(BUILD)/bin/collector: LIBS = -lmodbus $(BASE_LIBS)
$(call objects,$(wildcard collector/*.c collector/profiles/*.c)): INCLUDE += -Icollector

$(BUILD)/bin/voltillctl: $(call objects,$(wildcard ctl/*.c)) $(library)
$(BUILD)/bin/voltillctl: LIBS = $(SHEET_LIBS) $(BASE_LIBS)

# The simulator shares no code with the product: an independent reading of the same documents.
$(BUILD)/bin/metersim: $(call objects,$(wildcard tests/sim/*.c))
$(BUILD)/bin/metersim: LIBS = -lm -lutil
$(call objects,$(wildcard tests/sim/*.c)): INCLUDE :=

# What a meter model is stands in the collector's profiles alone; the library holds it as a table made of them.
$(BUILD)/tools/model_table: tools/model_table.c $(call objects,$(wildcard collector/profiles/*.c))
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SANFLAGS) $(STRICT) $(HARDEN) $(LDHARDEN) -Ilib -Icollector -MMD -MP -o $@ $(filter %.c %.o,$^)
$(BUILD)/tools/model_table.c: $(BUILD)/tools/model_table
	$(Q)$< > $@.new && mv $@.new $@
$(BUILD)/tools/model_table.o: $(BUILD)/tools/model_table.c
	$(Q)$(CC) $(CFLAGS) $(SANFLAGS) $(STRICT) $(HARDEN) -Ilib -c -o $@ $<

$(library): $(call objects,$(base) $(model)) $(BUILD)/tools/model_table.o
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/bin/%:
	@mkdir -p $(@D)
	$(if $(V),,@echo link $(@:$(BUILD)/%=%))
	$(Q)$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) $(LDHARDEN) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(if $(V),,@echo cc $<)
	$(Q)$(CC) $(CFLAGS) $(SANFLAGS) $(STRICT) $(HARDEN) $(CPPFLAGS) -DVOLTILL_VERSION='"$(VERSION)"' \
	    $(INCLUDE) -MMD -MP -c -o $@ $<

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
include tools/vendor.mk
include tests/lint/lint.mk
include tests/unit/unit.mk
include tests/fuzz/fuzz.mk

run: deps
	@$(MAKE) --no-print-directory -j2 programs vendor
	@BUILD=$(BUILD) PORT=$(PORT) RUN_DIR=$(RUN_DIR) DEMO=$(DEMO) DEMO_PASSWORD=$(DEMO_PASSWORD) tools/run

test: deps-test
	@tools/test

test-long: deps-test
	@LONG=1 tools/test

# The fast part, before each commit.
check:
	@$(MAKE) --no-print-directory -j2 lint unit-fast

bench:
	@tools/deps bench
	@$(MAKE) --no-print-directory -j2 programs vendor
	@node tests/bench/bench.mjs

deps:
	@tools/deps
deps-test:
	@tools/deps test

install: programs vendor
	tools/install '$(DESTDIR)' '$(PREFIX)' '$(SYSCONFDIR)' '$(BUILD)'

clean:
	rm -rf $(BUILD) static/vendor static/assets.hdf node_modules

help:
	@sed -n 's/^# \(make [a-z-]*.*\)/\1/p' Makefile

# make run [PORT=8080] [RUN_DIR=build/run] [DEMO=1] [DEMO_PASSWORD=…]   the demo building, live
# make test                 everything, as CI runs it; STAGES="unit web" for a part
# make test-long            the same and what takes longer
# make check                the fast part: lint and unit tests
# make bench                figures against references measured in the same run
# make deps                 installs missing Debian packages
# make vendor               front-end files from npm's lock file
# make install DESTDIR= PREFIX=/usr SYSCONFDIR=/etc
# make clean

.PHONY: all programs run test test-long check bench deps deps-test install clean help
