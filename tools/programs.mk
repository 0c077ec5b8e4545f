# Every program: $(eval $(call prog,NAME,FOLDER,OUR LIBRARIES,OTHERS)).
# Our libraries top first: persist engine case rec. OTHERS: -l names.
$(eval $(call prog,collect-processes,collectors,rec,seccomp crypto))
