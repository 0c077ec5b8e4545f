# salvor - see README.md. Lists are data: one item a line. Products go to
# $(B), programs to $(B)/bin. Libraries are made of every source in their
# folder; a program is one source and one line in "programs".

B ?= .build
PREFIX ?= /usr/local
DESTDIR ?=
CC = gcc
AR = gcc-ar

VERSION := 0.1.0
COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)

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
case_src := $(sort $(wildcard tools/lib/*.c))
libs := rec engine persist case

# ---- Debian packages ----------------------------------------------------

deps_build := \
	gcc \
	make \
	libc6-dev \
	libjansson-dev \
	libsqlite3-dev \
	libssl-dev \
	libseccomp-dev \
	libpcre2-dev

deps_check := \
	attr \
	busybox-static \
	clang \
	debootstrap \
	file \
	git \
	jq \
	libclang-rt-14-dev \
	libcap2-bin \
	mandoc \
	procps \
	python3 \
	sqlite3 \
	strace \
	util-linux \
	xz-utils \
	zstd

deps_bench := \
	hyperfine \
	lsof

# ---- flags --------------------------------------------------------------

WARN := -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wformat=2 -Wundef
HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=2
INC := -Icollectors/lib -Icollectors/engines -Icollectors/persistence \
	-Itools/lib -Itools
BASE := -std=c11 -D_GNU_SOURCE -include collectors/lib/base.h \
	-ffile-prefix-map=$(CURDIR)=. $(INC) $(WARN)
OPT ?= -O2 -g

ifdef SAN
# sanitizers cannot be static
B := .build/san
OPT := -O1 -g -fno-omit-frame-pointer -fsanitize=$(SAN) \
	-fno-sanitize-recover=all -DSALVOR_SAN
HARDEN := -fstack-protector-strong
LINK := -fsanitize=$(SAN)
else
PIE := -fPIE
LINK := -static-pie -Wl,-z,relro,-z,now
endif

# Warnings of the linker about dlopen and name look-ups inside libcrypto and
# libc: none of our objects calls them (t-laws.sh looks).
QUIET := 2>&1 | { grep -vE "statically linked applications requires|in function .*(dlfcn_|\(main\)|sqlite|unixDl|dlopen)" >&2 || true; }

CFLAGS += $(if $(WERROR),-Werror)
ALL_CFLAGS = $(BASE) $(OPT) $(HARDEN) $(PIE) $(CFLAGS)

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all deps check bench triage demo kit install fuzz headers format lint \
	docs clean deps-check deps-bench
.DEFAULT_GOAL := all

bins := $(addprefix $(B)/bin/,$(progs))
all: $(bins)

# ---- rules --------------------------------------------------------------

obj = $(patsubst %.c,$(B)/%.o,$(1))

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The commit goes into one object only, made anew when it changes.
$(B)/commit: FORCE
	@mkdir -p $(@D)
	@echo '$(COMMIT)' | cmp -s - $@ || echo '$(COMMIT)' >$@
FORCE:
$(B)/collectors/lib/version.o: ALL_CFLAGS += -DSALVOR_VERSION='"$(VERSION)"' \
	-DSALVOR_COMMIT='"$(COMMIT)"'
$(B)/collectors/lib/version.o: $(B)/commit

define lib_rule
$(B)/lib$(1).a: $$(call obj,$$($(1)_src))
	@rm -f $$@
	$$(AR) rcsD $$@ $$^
endef
$(foreach l,$(libs),$(eval $(call lib_rule,$(l))))

define prog_rule
$(B)/bin/$(1): $$(call obj,$$($(1)_src)) $$(patsubst %,$(B)/lib%.a,$$($(1)_libs))
	@mkdir -p $$(@D)
	@echo "link $(1)"; \
	$$(CC) $$(LINK) -o $$@ $$^ $$(addprefix -l,$$($(1)_others)) $$(QUIET); test -x $$@
endef
$(foreach p,$(progs),$(eval $(call prog_rule,$(p))))

-include $(shell find $(B) -name '*.d' 2>/dev/null)

clean:
	rm -rf .build

include tests/tests.mk
