# t-explain.sh - allow lists and baselines: what they explain, and what not
# plain
. "$(dirname "$0")/lib.sh"
cd "$T" || exit 1

# ---- a pack whose rules find every entry, account and file
mkdir -p packs/p
echo '{"id":"p","title":"t"}' >packs/p/pack.json
rule() { # ID EFFECT SEVERITY FROM
	cat <<-Q
	-- id: $1
	-- title: $1
	-- severity: $3
	-- effect: $2
	-- confidence: C1
	-- source: this test
	-- why: this test
	SELECT scope, $5 AS path, $1_detail AS detail, '$1:' || id AS evidence
	    FROM (SELECT *, coalesce($6, 'none') AS $1_detail FROM $4)
	Q
}
rule persist investigate medium "persist WHERE artifact <> 'accounts'" \
	path command >packs/p/persist.sql
rule account investigate high account path name >packs/p/account.sql
rule process investigate medium process exe name >packs/p/process.sql

B=$BIN
root() { # DIR
	mkdir -p "$1/etc/cron.d" "$1/opt" "$1/root/.ssh"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$1/etc/passwd"
	printf '#!/bin/sh\necho backup\n' >"$1/opt/backup.sh"
	chmod 755 "$1/opt/backup.sh"
	echo '1 2 * * * root /opt/backup.sh' >"$1/etc/cron.d/backup"
	{
		echo "ssh-ed25519 $key1 one@site"
		echo "ssh-ed25519 $key2 two@site"
	} >"$1/root/.ssh/authorized_keys"
	chmod 700 "$1/root/.ssh" && chmod 600 "$1/root/.ssh/authorized_keys"
}
key1=AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
key2=AAAAC3NzaC1lZDI1NTE5AAAAIB8eHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgEA
fp() {
	python3 -c 'import base64, hashlib, sys
print(base64.b64encode(hashlib.sha256(base64.b64decode(
    sys.argv[1])).digest()).decode().rstrip("="))' "$1"
}
root h
new() { # CASE ROOT
	rm -f "$1"
	"$B/case-ingest" "$1" -- "$B/collect-persistence" -r "$2" >/dev/null 2>&1
}
new c.db h
# match OPTIONS...: findings of c.db as "OBJECT EFFECT SEVERITY", sorted
match() {
	"$B/case-match" c.db --iocs packs "$@" >rec 2>msg
	echo $? >st
	jq -r 'select(.k == "finding") | [.path, .detail, .effect, .severity] |
		join(" ")' rec | sort
}
say() { # PATTERN FIELD: a field of the findings whose detail matches
	jq -r --arg p "$1" ".|select(.k == \"finding\" and (.detail|test(\$p)))|.$2" rec
}

plain=$(match)
is "without: everything is found" "$(echo "$plain" | wc -l | tr -d ' ')" 4
is "and nothing is explained" "$(jq -r 'select(.k=="finding" and .explained)|.rule' rec)" ""

# ---- lists
list() { printf '{"allow":[%s]}' "$1" >a.json; }
f1=SHA256:$(fp $key1)
cron=$(sha256sum <h/etc/cron.d/backup | cut -d' ' -f1)
prog=$(sha256sum <h/opt/backup.sh | cut -d' ' -f1)

list "{\"key\":\"$f1\",\"reason\":\"ours\",\"by\":\"ann\"}"
match --allow a.json >m
is "a key that is allowed" "$(grep -c 'authorized_keys.*note info' m)" 1
is "the other key of the file is not" "$(grep -c 'authorized_keys.*investigate medium' m)" 1
is "why, and by whom" "$(jq -r 'select(.k=="finding" and .explained)|.explained' rec)" "ours (ann)"
is "by what" "$(jq -r 'select(.k=="finding" and .explained)|.explained_by' rec)" "allow list a.json entry 1"
is "the list is on record" "$(jq -c 'select(.k=="reference")|[.type,.path,.entries,.explained,.sha256]' rec)" \
	"[\"allow\",\"a.json\",1,1,\"$(sha256sum <a.json | cut -d' ' -f1)\"]"
list "{\"key\":\"$f1\",\"account\":\"bob\",\"reason\":\"ours\"}"
is "a key for another account" "$(match --allow a.json)" "$plain"
list "{\"key\":\"$f1\",\"account\":\"root\",\"reason\":\"ours\"}"
is "a key for this account" "$(match --allow a.json | grep -c 'note info')" 1
list "{\"key\":\"$f1\",\"scope\":\"container:docker/1\",\"reason\":\"ours\"}"
is "a key in another scope" "$(match --allow a.json)" "$plain"

c="{\"path\":\"/etc/cron.d/backup\",\"sha256\":\"$cron\",\"reason\":\"nightly\"}"
g="{\"path\":\"/opt/backup.sh\",\"sha256\":\"$prog\",\"reason\":\"reviewed\"}"
list "$c"
is "an entry whose program nobody answers for" "$(match --allow a.json)" "$plain"
list "$c,$g"
like "with the program" "$(match --allow a.json)" 'cron.d/backup .*note info'
list "$g"
is "the program alone" "$(match --allow a.json)" "$plain"
echo '# more' >>h/opt/backup.sh
new c.db h
list "$c,$g"
is "a program that was changed since" "$(match --allow a.json)" "$plain"
root h && new c.db h
echo '3 3 * * * root /opt/backup.sh' >>h/etc/cron.d/backup && new c.db h
is "an entry file that was changed since" "$(match --allow a.json | grep -c 'note info')" 0
root h && new c.db h

list '{"account":"root","uid":0,"reason":"it is"}'
like "an account" "$(match --allow a.json)" '/etc/passwd root note info'
list '{"account":"root","uid":1,"reason":"it is"}'
is "an account with another uid" "$(match --allow a.json)" "$plain"

list "{\"key\":\"$f1\",\"reason\":\"ours\",\"until\":\"2001-01-01\"}"
is "an entry past its day" "$(match --allow a.json)" "$plain"
like "is told" "$(jq -r 'select(.k=="reference")|.detail' rec)" '^1 entries are past'
list "{\"key\":\"$f1\",\"reason\":\"ours\",\"until\":\"2250-01-01\"}"
like "an entry before its day" "$(match --allow a.json)" 'authorized_keys .*note info'

# ---- lists that make no sense
bad() { # WHAT LIST MESSAGE
	printf '%s' "$2" >a.json
	match --allow a.json >m
	is "$1: exit" "$(cat st)" 3
	like "$1: why" "$(cat msg)" "$3"
	is "$1: no finding" "$(cat m)" ""
}
bad "no JSON" '{"allow":[' 'line 1: '
bad "no array" '{"allow":{}}' 'no array'
bad "no reason" '{"allow":[{"path":"/x","sha256":"00"}]}' 'entry 1 has no reason'
bad "nothing named" '{"allow":[{"reason":"x"}]}' 'entry 1 names no'
bad "a path without content" '{"allow":[{"reason":"x","path":"/x"}]}' 'without sha256'
bad "an account without uid" '{"allow":[{"reason":"x","account":"a"}]}' 'without its uid'
bad "a key that is none" '{"allow":[{"reason":"x","key":"AAAA"}]}' 'fingerprint'
bad "a misspelt key" '{"allow":[{"reason":"x","paht":"/x","sha256":"0"}]}' 'not known'
bad "a day that is none" '{"allow":[{"reason":"x","key":"SHA256:x","until":"soon"}]}' 'YYYY-MM-DD'
bad "a number for a text" '{"allow":[{"reason":"x","path":7,"sha256":"0"}]}' 'no text'
"$B/case-match" c.db --iocs packs --allow none.json >/dev/null 2>msg
is "a list that is not there" $? 3

# ---- what a list may not do
rule persist wipe critical persist path command >packs/p/persist.sql
list "$c,$g"
like "nobody's list makes a wipe harmless" "$(match --allow a.json)" \
	'cron.d/backup .*investigate medium'
like "it stands in the finding" "$(jq -r 'select(.k=="finding" and .explained)|.explained' rec)" 'nightly|reviewed'
rule persist investigate medium "persist WHERE artifact <> 'accounts'" \
	path command >packs/p/persist.sql

# ---- baselines
cp -a h g && new base.db g
match --baseline base.db >m
is "the same in a baseline: all of it" "$(grep -vc 'note info' m)" 0
is "the baseline is on record" "$(jq -r 'select(.k=="reference")|[.type,.explained]|join(" ")' rec)" "baseline 4"
echo '1 2 * * * root /opt/other.sh' >h/etc/cron.d/backup
echo 'eve:x:0:0::/home/eve:/bin/sh' >>h/etc/passwd
new c.db h
match --baseline base.db >m
is "what differs stays" "$(grep -v 'note info' m | cut -d' ' -f1 | tr '\n' ' ')" "/etc/cron.d/backup /etc/passwd "
like "with the difference" "$(say other.sh difference)" "command '/opt/other.sh' and not '/opt/backup.sh'"
is "or that it is new" "$(say '^eve' difference)" "not in the baseline"
cp h/opt/backup.sh h/opt/x && root h && echo 'exec sh' >>h/opt/backup.sh && new c.db h
match --baseline base.db >m
like "the program of an entry differs" "$(say backup.sh difference)" '^program_sha256'
echo junk >junk.db
"$B/case-match" c.db --iocs packs --baseline junk.db >/dev/null 2>msg
is "a baseline that is no case" $? 3
rm -f base2.db && cp base.db base2.db
is "two baselines: either will do" "$("$B/case-match" c.db --iocs packs --baseline base2.db --baseline base.db 2>&1 >/dev/null; echo $?)" 0

# ---- case-allow
root h && new c.db h
"$B/case-ingest" c.db -- "$B/case-match" c.db --iocs packs >/dev/null 2>&1
"$B/case-allow" c.db --rule p/persist --reason "site's own" --by ann --until 2250-12-31 >a.json 2>msg
is "a list of chosen findings" $? 0
is "its entries" "$(jq -r '.allow[]|[.key // .path,.account // ""]|join(" ")' a.json | sort | tr '\n' ';')" \
	"$(printf '%s\n' "$f1 root" "SHA256:$(fp $key2) root" "/etc/cron.d/backup " "/opt/backup.sh " | sort | tr '\n' ';')"
match --allow a.json >m
is "explains what it was made for, and no more" "$(grep -v 'note info' m | cut -d' ' -f1)" "/etc/passwd"
"$B/case-allow" c.db --path /etc/passwd --reason r >a.json
is "by path" "$(jq -c .allow a.json)" '[{"account":"root","uid":0,"reason":"r"}]'
id=$("$B/case-query" c.db --sql "SELECT id FROM finding WHERE path='/etc/passwd'" --format csv | tail -n 1 | tr -d '\r')
is "by number" "$("$B/case-allow" c.db --finding "$id" --reason r | jq -c .allow)" "$(jq -c .allow a.json)"
"$B/case-allow" c.db --reason r >/dev/null 2>msg
is "nothing chosen: usage" $? 2
"$B/case-allow" c.db --rule p/persist >/dev/null 2>msg
is "no reason: usage" $? 2
"$B/case-allow" c.db --rule none --reason r >/dev/null 2>msg
is "no such finding: exit 1" $? 1

# ---- the verdict names what it rests on
"$B/case-allow" c.db --rule p/persist --rule p/account --reason r >a.json
"$B/salvor" verdict c.db --iocs packs --allow a.json >v 2>/dev/null
like "the verdict names the list" "$(tr -s ' \n' ' ' <v)" "explanations: 4 findings explained by the allow list 'a.json'"
"$B/salvor" verdict c.db --iocs packs --baseline base.db >v 2>/dev/null
like "and the baseline" "$(tr -s ' \n' ' ' <v)" "explanations: 4 findings explained by the baseline '$T/base.db'"
"$B/salvor" verdict c.db --iocs packs --allow none.json >v 2>msg
is "salvor: a list that cannot be read: usage" $? 2

finish
