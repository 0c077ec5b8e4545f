#!/bin/sh
# polkit-rules: a rule that says yes to an account (polkit(8))
. "${0%/*}/lib.sh"
only "plain disguised user" "a rule that says yes has no command"
put "/etc/polkit-1/rules.d/$(named 10-op 50-default).rules" 644 \
	"${head:+//${head#\#}}" "polkit.addRule(function(action, subject) {" \
	"	if (subject.user == \"op\")" "		return polkit.Result.YES;" "});"
