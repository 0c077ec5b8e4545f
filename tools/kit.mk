# make kit: what a responder carries, as a folder and as a tar (kit.sh).

kit_tar := $(B)/kit/salvor-$(VERSION)-x86_64.tar
kit_files := $(shell find iocs -type f) docs/field-guide.txt LICENSE

kit: $(kit_tar)
	@echo "$(B)/kit/salvor"
	@echo "$(kit_tar)"
.PHONY: kit

$(kit_tar): $(bins) $(kit_files) tools/kit.sh
	@sh tools/kit.sh $(B)/bin $(B)/kit $(VERSION)
