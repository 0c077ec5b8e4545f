"""rss.py COMMAND... - run it; print seconds, peak resident KiB of the largest
of its processes, and exit status to stderr as "rss SECONDS KIB STATUS" """
import os, sys, time

start = time.monotonic()
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
print("rss %.2f %d %d" % (time.monotonic() - start, usage.ru_maxrss,
                          os.waitstatus_to_exitcode(status)), file=sys.stderr)
