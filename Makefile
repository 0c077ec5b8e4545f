# salvor - see README.md. Lists are data: one item a line. Products go to
# $(B), programs to $(B)/bin. Libraries are made of every source in their
# folder; a program is one source and one line in "programs".

B ?= .build
PREFIX ?= /usr/local
DESTDIR ?=
CC = gcc
AR = gcc-ar

VERSION := 0.1.0
COMMIT := $(shell git -c safe.directory='$(CURDIR)' rev-parse --short=12 HEAD \
	2>/dev/null || echo unknown)

# ---- programs: name, folder, our libraries (top first), others ----------
# $(call prog,NAME,FOLDER,OURS,OTHERS)

progs :=
define prog
progs += $(1)
$(1)_src := $(2)/$(1).c
$(1)_libs := $(3)
$(1)_others := $(4)
endef

include tools/programs.mk

# ---- our libraries: every source of a folder ----------------------------

rec_src := $(sort $(wildcard collectors/lib/*.c))
engine_src := $(sort $(wildcard collectors/engines/*.c))
persist_src := $(sort $(wildcard collectors/persistence/*.c))
files_src := $(sort $(wildcard collectors/files/*.c))
live_src := $(sort $(wildcard collectors/live/*.c))
packages_src := $(sort $(wildcard collectors/packages/*.c))
case_src := $(sort $(wildcard tools/lib/*.c))
libs := rec engine persist packages files live case

# ---- Debian packages ----------------------------------------------------

deps_build := \
	gcc \
	make \
	libc6-dev \
	libjansson-dev \
	libsqlite3-dev \
	libssl-dev \
	libseccomp-dev \
	libpcre2-dev \
	libmagic-dev \
	libyaml-dev \
	libyara-dev \
	liblzma-dev \
	libbz2-dev \
	zlib1g-dev \
	libarchive-dev \
	liblz4-dev \
	libzstd-dev \
	nettle-dev \
	xz-utils

# What the tests use besides. Docker (docker.io) is welcome, not needed: the
# tests that start an engine say that they were skipped.
deps_check := \
	attr \
	binutils \
	busybox-static \
	bzip2 \
	db-util \
	debootstrap \
	file \
	git \
	jq \
	libcap2-bin \
	lz4 \
	mandoc \
	procps \
	python3 \
	rpm \
	sqlite3 \
	strace \
	util-linux \
	zstd

deps_bench := \
	file \
	hyperfine \
	lsof \
	yara

# second compiler, fuzzing, formatting
deps_clang := \
	clang \
	clang-format \
	libclang-rt-14-dev

# ---- flags --------------------------------------------------------------

WARN := -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wformat=2 -Wundef
HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=2
INC := -Icollectors/lib -Icollectors/engines -Icollectors/persistence \
	-Icollectors/packages -Icollectors/files -Icollectors/live -Itools/lib -Itools
BASE := -std=c11 -D_GNU_SOURCE -include collectors/lib/base.h \
	-ffile-prefix-map=$(CURDIR)=. $(INC) $(WARN)
OPT ?= -O2 -g

# Calls of libraries that would read the host's files are ours instead
# (collectors/lib/deaf.c, collectors/files/magicdb.c). -u: wanted before it is
# known that a library behind ours asks for them.
DEAF := -Wl,--wrap=iconv_open,--wrap=iconv,--wrap=iconv_close \
	-Wl,--wrap=__tzfile_read,--wrap=magic_load \
	-Wl,-u,__wrap_iconv_open,-u,__wrap___tzfile_read

ifdef SAN
# sanitizers cannot be static
B := .build/san
OPT := -O1 -g -fno-omit-frame-pointer -fsanitize=$(SAN) \
	-fno-sanitize-recover=all -DSALVOR_SAN
HARDEN := -fstack-protector-strong
LINK := -fsanitize=$(SAN) $(DEAF)
else
PIE := -fPIE
LINK := -static-pie -Wl,-z,relro,-z,now $(DEAF)
endif

# Warnings of the linker about dlopen and name look-ups inside libcrypto and
# libc: none of our objects calls them (t-laws.sh looks).
QUIET = 2>$@.log; st=$$?; awk '/statically linked applications requires/ \
	{ held = ""; next } held != "" { print held; held = "" } \
	/: in function / { held = $$0; next } { print }' $@.log >&2; \
	rm -f $@.log; exit $$st

CFLAGS += $(if $(WERROR),-Werror)
ALL_CFLAGS = $(BASE) $(OPT) $(HARDEN) $(PIE) $(CFLAGS)

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all deps check bench triage demo install fuzz headers format lint \
	docs syntax tables clean deps-check deps-bench deps-clang
.DEFAULT_GOAL := all

bins := $(addprefix $(B)/bin/,$(progs))
all: $(bins)

# ---- rules --------------------------------------------------------------

obj = $(patsubst %.c,$(B)/%.o,$(1))

# Other flags make other objects.
FLAGS := $(CC) $(ALL_CFLAGS)
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' >$@

$(B)/%.o: %.c Makefile $(B)/flags
	@mkdir -p $(@D)
	@echo "cc $<"
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The commit goes into one object only, made anew when it changes.
$(B)/commit: FORCE
	@mkdir -p $(@D)
	@echo '$(COMMIT)' | cmp -s - $@ || echo '$(COMMIT)' >$@
FORCE:
$(B)/collectors/lib/version.o: ALL_CFLAGS += -DSALVOR_VERSION='"$(VERSION)"' \
	-DSALVOR_COMMIT='"$(COMMIT)"'
$(B)/collectors/lib/version.o: $(B)/commit

# libmagic's database, which becomes part of the programs.
MAGIC_MGC ?= /usr/share/misc/magic.mgc
$(B)/magic.mgc.xz: $(MAGIC_MGC)
	@mkdir -p $(@D)
	@xz -9e -T1 --check=crc32 -c $< >$@
$(B)/collectors/files/magicdb.o: $(B)/magic.mgc.xz
$(B)/collectors/files/magicdb.o: ALL_CFLAGS += \
	-DMAGIC_MGC_XZ='"$(B)/magic.mgc.xz"'

define lib_rule
$(B)/lib$(1).a: $$(call obj,$$($(1)_src))
	@rm -f $$@
	@$$(AR) rcsD $$@ $$^
endef
$(foreach l,$(libs),$(eval $(call lib_rule,$(l))))

define prog_rule
$(B)/bin/$(1): $$(call obj,$$($(1)_src)) $$(patsubst %,$(B)/lib%.a,$$($(1)_libs))
	@mkdir -p $$(@D)
	@echo "link $(1)"; \
	$$(CC) $$(LINK) -o $$@ $$^ $$(addprefix -l,$$($(1)_others)) $$(QUIET)
endef
$(foreach p,$(progs),$(eval $(call prog_rule,$(p))))

-include $(shell find $(B) -name 'clean-root*' -prune -o -name '*.d' -type f -print 2>/dev/null)

# ---- what must be there first -------------------------------------------

# $(call need,PACKAGES): install what is missing. Where nothing is, neither
# apt nor root is needed; the list is refreshed only when something is.
define need
	@if ! command -v dpkg-query >/dev/null; then \
		echo "no Debian system: install what these give: $(strip $(1))"; \
		exit 0; \
	fi; \
	missing=; \
	for p in $(strip $(1)); do \
		dpkg-query -W -f='$${db:Status-Status}\n' "$$p" 2>/dev/null | \
			grep -qx installed || missing="$$missing $$p"; \
	done; \
	test -n "$$missing" || exit 0; \
	echo "installing:$$missing"; \
	if test "$$(id -u)" = 0; then as=; \
	elif command -v sudo >/dev/null; then as=sudo; \
	else \
		echo "not root and no sudo: as root, run" >&2; \
		echo "    apt-get install --no-install-recommends$$missing" >&2; \
		exit 1; \
	fi; \
	$$as apt-get -qq update && \
	$$as env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
		-o Dpkg::Use-Pty=0 install --no-install-recommends $$missing \
		>/dev/null || \
	{ echo "cannot install:$$missing" >&2; exit 1; }
endef

deps:
	$(call need,$(deps_build))
deps-check:
	$(call need,$(deps_build) $(deps_check))
deps-bench:
	$(call need,$(deps_build) $(deps_check) $(deps_bench))
deps-clang:
	$(call need,$(deps_build) $(deps_clang))

# ---- keeping the tree in order ------------------------------------------

hdrs := $(sort $(wildcard collectors/*/*.h tools/*.h tools/lib/*.h))
srcs := $(sort $(wildcard collectors/*.c collectors/*/*.c tools/*.c \
	tools/lib/*.c tests/*.c tests/*/*.c))
mans := $(sort $(wildcard docs/man/*.[1-8]))

# each header compiles alone
headers: $(addprefix $(B)/headers/,$(hdrs:.h=.ok))
$(B)/headers/%.ok: %.h Makefile
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) -fsyntax-only -x c $<
	@touch $@

# what a compiler warns of, without its products: make CC=clang syntax
syntax: headers $(patsubst %.c,$(B)/syntax/%.ok,\
	$(filter-out tests/deaf/% tests/stores/%,$(srcs)))
$(B)/syntax/%.ok: %.c Makefile
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) -DSALVOR_VERSION='""' -DSALVOR_COMMIT='""' \
		-DMAGIC_MGC_XZ='""' -fsyntax-only $<
	@touch $@

format: deps-clang
	clang-format -i $(srcs) $(hdrs)

# clang-format proposes (make format, then git diff), people decide; what
# nobody may do is here
lint: headers
	@if expand $(srcs) $(hdrs) | grep -n '.\{91\}'; then exit 1; fi
	@if grep -n '[[:blank:]]$$' $(srcs) $(hdrs); then exit 1; fi
	mandoc -Tlint -W warning $(mans)
	for t in .ci/run tests/run tests/*.sh; do bash -n $$t || exit 1; done

# what the documents take from the sources; tests compare
tables:
	@docs/man/kinds.sh
	@docs/man/rules.sh
	@{ sed '/^| ---/q' docs/limits.md; sh tests/limits.sh; } >$(B)/tables
	@cp $(B)/tables docs/limits.md
	@rm $(B)/tables

# the manuals as HTML, for who has no man
docs: $(patsubst docs/man/%,$(B)/docs/%.html,$(mans))
$(B)/docs/%.html: docs/man/%
	@mkdir -p $(@D)
	mandoc -Thtml -O man=%N.%S.html $< >$@

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/salvor
	install -m 755 $(bins) $(DESTDIR)$(PREFIX)/bin
	cp -R iocs $(DESTDIR)$(PREFIX)/share/salvor/
	for m in $(mans); do \
		d=$(DESTDIR)$(PREFIX)/share/man/man$${m##*.}; \
		install -d $$d && install -m 644 $$m $$d || exit 1; \
	done

# not a test: figures to compare (docs/performance.md)
bench: deps-bench all $(B)/tests/test-proc
	BIN=$(abspath $(B))/bin bash tests/bench.sh

clean:
	rm -rf .build

include tests/tests.mk
include tools/triage.mk
include tools/kit.mk
