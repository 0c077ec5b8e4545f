# make triage and make demo: the driver on this very machine, on a mounted
# disk, and on the hostile store that the tests use.

# The policy is part of case-verdict (.incbin).
$(B)/tools/case-verdict.o: tools/policy.sql

ROOT ?= /
CASE ?= case.db

# Ends with 0 whenever a verdict was made (0 keep, 10 investigate, 20 wipe).
triage: deps all
	@$(B)/bin/salvor triage --root '$(ROOT)' --case '$(CASE)'; st=$$?; \
	case $$st in 0|10|20) exit 0 ;; *) exit $$st ;; esac

demo: deps all
	@tests/demo '$(B)'
