# Fuzz targets: tests/fuzz/fuzz_NAME.c holds LLVMFuzzerTestOneInput, fuzz_NAME_sources lists what it
# links, fuzz_NAME_libs and fuzz_NAME_include what these need. Seeds lie in tests/fuzz/corpus/NAME/;
# what the fuzzer finds goes to $(BUILD)/fuzz, so that a run never changes the tree.
#
#   make fuzz                        every target for FUZZ_SECONDS
#   make fuzz-mbap FUZZ_SECONDS=600  one of them

FUZZ_SECONDS ?= 5
FUZZ_CC      ?= clang
fuzz_flags   := -O1 -g -std=gnu2x -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined
fuzz_names   := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

fuzz_mbap_sources    := collector/mbap.c
fuzz_mbap_include    := -Icollector
fuzz_profile_sources := collector/profile.c collector/config_frame.c $(wildcard collector/profiles/*.c) \
                        lib/base/clock.c lib/base/log.c lib/base/text.c lib/base/rc.c
fuzz_profile_include := -Icollector
fuzz_profile_libs    := -lunistring
fuzz_spool_sources   := lib/base/clock.c lib/base/log.c lib/base/text.c lib/base/rc.c
fuzz_spool_include   := -Icollector
fuzz_spool_libs      := -lunistring
fuzz_config_sources  := lib/model/meter_config.c lib/base/rc.c
fuzz_param_sources   := cgi-bin/web/param.c lib/base/arena.c lib/base/text.c lib/base/log.c \
                        lib/base/clock.c lib/base/rc.c
fuzz_param_include   := -Icgi-bin/web
fuzz_param_libs      := -lunistring
fuzz_conf_sources    := lib/base/conf.c lib/base/text.c lib/base/log.c lib/base/clock.c lib/base/rc.c
fuzz_conf_include    := -DVOLTILL_VERSION='"fuzz"'
fuzz_conf_libs       := -linih -lunistring
fuzz_text_sources    := lib/base/text.c lib/base/money.c lib/base/log.c lib/base/clock.c lib/base/rc.c
fuzz_text_libs       := -lunistring

fuzz_csv_sources     := lib/base/csv.c lib/base/text.c lib/base/log.c lib/base/clock.c lib/base/rc.c
fuzz_csv_libs        := -lunistring
fuzz_sheet_sources   := lib/base/sheet_xlsx.c lib/base/sheet_book.c lib/base/sheet_part.c lib/base/text.c \
                        lib/base/log.c lib/base/clock.c lib/base/rc.c
fuzz_sheet_libs      := -lunistring -lzip -lexpat -lm

fuzz_upload_sources  := cgi-bin/web/upload.c lib/base/arena.c lib/base/text.c lib/base/log.c lib/base/clock.c \
                        lib/base/rc.c
fuzz_upload_include  := -Icgi-bin/web
fuzz_upload_libs     := -lunistring

.PHONY: fuzz $(fuzz_names:%=fuzz-%)
fuzz: $(fuzz_names:%=fuzz-%)

.SECONDEXPANSION:
$(fuzz_names:%=$(BUILD)/fuzz/fuzz_%): $(BUILD)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $$(fuzz_$$*_sources)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(fuzz_flags) -Ilib $(fuzz_$*_include) -o $@ $^ $(fuzz_$*_libs)

$(fuzz_names:%=fuzz-%): fuzz-%: $(BUILD)/fuzz/fuzz_%
	@mkdir -p $(BUILD)/fuzz/found/$* tests/fuzz/corpus/$*
	$(Q)$< -max_total_time=$(FUZZ_SECONDS) -timeout=5 -rss_limit_mb=1024 -verbosity=0 \
	    -print_final_stats=1 -artifact_prefix=$(BUILD)/fuzz/$*- \
	    $(BUILD)/fuzz/found/$* tests/fuzz/corpus/$*
