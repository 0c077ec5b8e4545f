# Every program: $(eval $(call prog,NAME,FOLDER,OUR LIBRARIES,OTHERS)).
# Our libraries top first: persist engine case rec. OTHERS: -l names.
$(eval $(call prog,collect-processes,collectors,rec,seccomp crypto))
$(eval $(call prog,case-query,tools,case rec,sqlite3 seccomp pcre2-8 crypto m))
$(eval $(call prog,case-verdict,tools,case rec,sqlite3 seccomp pcre2-8 crypto m))
$(eval $(call prog,salvor,tools,rec,seccomp crypto))
$(eval $(call prog,case-ingest,tools,case rec,sqlite3 seccomp pcre2-8 crypto m))
$(eval $(call prog,collect-images,collectors,engine rec,jansson seccomp crypto))
$(eval $(call prog,collect-containers,collectors,engine rec,jansson seccomp crypto))
$(eval $(call prog,collect-persistence,collectors,persist packages engine rec,jansson seccomp crypto))
$(eval $(call prog,case-match,tools,case rec,sqlite3 seccomp jansson pcre2-8 crypto m))
$(eval $(call prog,case-allow,tools,case rec,sqlite3 seccomp jansson pcre2-8 crypto m))
$(eval $(call prog,scan-yara,tools,case files engine rec,yara magic jansson seccomp crypto lzma bz2 z m))
$(eval $(call prog,collect-files,collectors,files engine rec,magic lzma bz2 z jansson seccomp crypto m))
