# mechanisms.awk X.planted X.found - which mechanism was found, who was blamed
# wrongly. Lines, with tabs: found, program (only what the entry runs is
# blamed), missed, none, failed: mechanism, words; wrong: severity, rule, path,
# detail; clash: a path that two mechanisms planted.
BEGIN { FS = OFS = "\t" }
FNR == NR {
	names[$1]++
	if ($2 == "none") none[$1] = $3
	else if ($2 == "failed") failed[$1] = $3
	else { n++; who[n] = $1; kind[n] = $2; at[n] = $3; word[n] = $4
		if ($4 == "" && ($3 in first) && first[$3] != $1) clash[$3] = $1 " " first[$3]
		if ($4 == "") first[$3] = $1 }
	next
}
{
	mine = 0
	for (i = 1; i <= n; i++)
		if (at[i] == $3 && (word[i] == "" || index($4, word[i]))) {
			mine = 1
			if (kind[i] == "program") byprog[who[i]]++
			else { found[who[i]]++; how[who[i]] = how[who[i]] " " $1 ":" $2 }
		}
	if (!mine) print "wrong", $1, $2, $3, $4
}
END {
	for (p in clash) print "clash", p, clash[p]
	for (m in names)
		if (m in failed) print "failed", m, failed[m]
		else if (m in none) print "none", m, none[m]
		else if (m in found) print "found", m, how[m]
		else if (m in byprog) print "program", m
		else print "missed", m
}
