#!/bin/sh
# snmpd: a command of snmpd (snmpd.conf(5), extend)
. "${0%/*}/lib.sh"
payload
put "/etc/snmp/snmpd.conf.d/$(named up agentx).conf" 600 "$head" \
	"extend up $argv"
