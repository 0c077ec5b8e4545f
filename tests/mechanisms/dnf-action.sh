#!/bin/sh
# dnf-action: a command after dnf (dnf post-transaction-actions)
. "${0%/*}/lib.sh"
payload
put "/etc/dnf/plugins/post-transaction-actions.d/$(named up etckeeper).action" \
	644 "$head" "*:any:$argv"
