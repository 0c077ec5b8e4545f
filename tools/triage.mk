# make triage and make demo: the driver on this very machine, on a mounted
# disk, and on the hostile store that the tests use.

# The policy is part of case-verdict (.incbin).
$(B)/tools/case-verdict.o: tools/policy.sql

ROOT ?= /
CASE ?= case.db

# Both end with 0 whenever a verdict was made.
triage: deps
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@$(B)/bin/salvor triage --root '$(ROOT)' --case '$(CASE)'; st=$$?; \
	case $$st in 0|10|20) exit 0 ;; *) exit $$st ;; esac

demo:
	$(call need,$(deps_build) zstd)
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@tests/demo '$(B)'
