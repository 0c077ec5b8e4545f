# Unit tests and fuzz targets: every tests/test-*.c is a program that prints
# TAP and links all of our libraries; every tests/fuzz/fuzz-*.c is a libFuzzer
# target that is also built with replay.c, which runs its corpus in
# "make check". Helpers are programs that tests use.

deaf-archive_others := archive lz4 nettle zstd
TOTHERS := yaml yara magic archive lz4 zstd nettle lzma bz2 z jansson sqlite3 pcre2-8 seccomp crypto m

units := $(basename $(notdir $(sort $(wildcard tests/test-*.c))))
fuzzers := $(basename $(notdir $(sort $(wildcard tests/fuzz/fuzz-*.c))))
helpers := \
	deaf-archive \
	no-openat2 \
	root-tool \
	walk-tool

# libyara comes behind our libraries, and asks for our magic_load.
TLINK = $(LINK) -Wl,-u,__wrap_magic_load

ours = $(patsubst %,$(B)/lib%.a,persist packages files engine live case rec)

unit_bins := $(addprefix $(B)/tests/,$(units) $(fuzzers) $(helpers))

$(addprefix $(B)/tests/,$(units) $(helpers)): $(B)/tests/%: $(B)/tests/%.o $(ours)
	@echo "link $(@F)"; \
	$(CC) $(TLINK) -o $@ $< -Wl,--start-group $(ours) -Wl,--end-group \
		$(addprefix -l,$($(@F)_others) $(TOTHERS)) $(QUIET)

$(addprefix $(B)/tests/,$(fuzzers)): $(B)/tests/%: $(B)/tests/fuzz/%.o \
		$(B)/tests/fuzz/replay.o $(ours)
	@echo "link $(@F)"; \
	$(CC) $(TLINK) -o $@ $< $(B)/tests/fuzz/replay.o -Wl,--start-group \
		$(ours) -Wl,--end-group $(addprefix -l,$(TOTHERS)) $(QUIET)

tests: all $(unit_bins)
.PHONY: tests

check: deps-check
	@$(MAKE) --no-print-directory -j$$(nproc) WERROR=1 tests headers
	@BIN=$(abspath $(B))/bin UNIT=$(abspath $(B))/tests SAN=$(SAN) tests/run $(T)

# make fuzz F=rec SECONDS=60: libFuzzer on one target, with ASan and UBSan
F ?= rec
SECONDS ?= 60
fuzz: deps-clang $(B)/magic.mgc.xz
	@mkdir -p $(B)/fuzz
	clang $(BASE) -O1 -g -fsanitize=fuzzer,address,undefined -DSALVOR_SAN \
		-DMAGIC_MGC_XZ='"$(B)/magic.mgc.xz"' \
		-o $(B)/fuzz/fuzz-$(F) tests/fuzz/fuzz-$(F).c \
		$(rec_src) $(engine_src) $(persist_src) $(packages_src) \
		$(files_src) $(live_src) $(case_src) \
		$(addprefix -l,$(TOTHERS))
	@mkdir -p $(B)/fuzz/corpus-$(F)
	$(B)/fuzz/fuzz-$(F) -max_total_time=$(SECONDS) -rss_limit_mb=1024 \
		-timeout=5 -print_final_stats=1 $(B)/fuzz/corpus-$(F) \
		tests/fuzz/corpus/$(F)
