/*
 * matchentry - what an entry of persistence is worth
 *
 * An entry of persistence, with what the package database says: who is foreign
 * here, the file of the entry or what it runs? What is of an image's own layers
 * is its maker's and stays out.
 *
 * file_state     own, changed, foreign (of no package), unknown. A unit that a
 *                generator made at boot is as much its packages' own as the
 *                file that it was made of.
 * program_state  the same, or missing; NULL: it runs no file that is known
 * power          0  it sets something, or is what any start-up file does
 *                2  it runs something
 *                3  it runs something of no package
 * sign           what an administrator's own entry hardly has, in words
 */

#include "matchentry.h"

/* it runs what it is given, fetches, or changes the system */
#define INTERPRETER \
	"^run (/\\S*/)?(ba|da|z|k|c|tc|fi)?sh$|" \
	"^run (/\\S*/)?(python|perl|ruby|node|php|lua|tclsh|awk|gawk|mawk|" \
	"busybox|eval|source|\\.|nc|ncat|netcat|socat|curl|wget|telnet|nsenter|" \
	"chroot|unshare|docker|podman|systemd-run|at|batch|crontab|chmod|chown|" \
	"chattr|cp|mv|ln|install|tee|dd|setsid|nohup)[0-9.]*$"

/* it runs what cannot be told: a variable's value, what a file says */
#define OPAQUE "EXISTS (SELECT 1 FROM json_each(runs) j WHERE j.value = 'opaque')"
#define RUNS_INTERPRETER \
	"EXISTS (SELECT 1 FROM json_each(runs) j WHERE j.value REGEXP '" \
	INTERPRETER "')"

/* ". $i", whose name is group 1; folders of start-up files in a loop */
#define SOURCES_VARIABLE \
	"'^\\s*(?:\\.|source)\\s+\"?\\$\\{?([A-Za-z_]\\w*)\\}?\"?\\s*(?:#.*)?$'"
#define START_FOLDERS \
	"(\"?(~|\\$HOME|\\$\\{HOME\\}|/etc)\"?/(profile\\.d|\\.?bashrc\\.d|" \
	"bash_completion\\.d)/\\*(\\.(ba)?sh)?\\s*)+(;\\s*do\\s*)?$"

/* nothing that shcmd has a name for, but marks of its own run */
#define HARMLESS \
	"NOT EXISTS (SELECT 1 FROM json_each(shcmd_facts(command)) f" \
	" WHERE f.value NOT GLOB 'writes: /run/*'" \
	" AND f.value NOT GLOB 'writes: /dev/*')"

static const char entries[] =
/* what start-up files do everywhere, without meaning anything */
"CREATE TEMP TABLE quiet(name TEXT PRIMARY KEY) WITHOUT ROWID;"
"INSERT INTO temp.quiet VALUES ('.'), ('['), ('[['), (':'), ('alias'),"
"    ('autoload'), ('basename'), ('bind'), ('bindkey'), ('break'), ('builtin'),"
"    ('cat'), ('cd'), ('clear'), ('command'), ('compdef'), ('compinit'),"
"    ('complete'), ('continue'), ('cut'), ('date'), ('declare'),"
"    ('dircolors'), ('dirname'), ('echo'), ('egrep'), ('enable'), ('env'),"
"    ('eval'), ('exit'), ('export'), ('expr'), ('false'), ('fgrep'), ('getent'),"
"    ('gpg-connect-agent'), ('gpgconf'), ('grep'), ('groups'), ('hash'),"
"    ('head'), ('history'), ('hostname'), ('id'), ('infocmp'), ('lesspipe'),"
"    ('let'), ('local'), ('locale'), ('logname'), ('ls'), ('mesg'), ('mkdir'),"
"    ('popd'), ('printf'), ('prompt'), ('promptinit'), ('pushd'), ('pwd'),"
"    ('read'), ('readonly'), ('rehash'), ('return'), ('sed'), ('set'),"
"    ('setenv'), ('setopt'), ('shift'), ('shopt'), ('sort'), ('source'),"
"    ('ssh-agent'), ('stty'), ('tail'), ('test'), ('tput'), ('tr'), ('true'),"
"    ('tty'), ('type'), ('typeset'), ('ulimit'), ('umask'), ('unalias'),"
"    ('uname'), ('uniq'), ('unset'), ('unsetopt'), ('uptime'), ('wc'),"
"    ('which'), ('whoami'), ('zle'), ('zmodload'), ('zstyle');"
"CREATE TEMP TABLE entry AS SELECT p.id AS id, 'persist:' || p.id AS evidence,"
"    p.scope AS scope, coalesce(p.path_raw, p.path) AS path,"
"    p.artifact AS place, coalesce(p.class, (SELECT a.class"
"        FROM temp.artifact_class a WHERE a.name = p.artifact), 'event')"
"        AS class,"
"    CASE WHEN p.scope <> 'host' THEN 'container'"
"        WHEN p.defect IS NOT NULL THEN 'defect'"
"        WHEN " MATCH_IDLE("p.") " THEN 'idle'"
"        ELSE 'host' END AS weight,"
"    p.owner IS NULL OR p.owner IN ('root', '0') OR EXISTS (SELECT 1"
"        FROM account a WHERE a.scope = p.scope AND a.name = p.owner"
"        AND a.uid = 0) AS root,"
"    p.schedule AS schedule,"
"    p.owner AS owner, p.line AS line, p.name AS name, p.attack AS attack,"
"    coalesce(p.command_raw, p.command) AS command, p.options AS options,"
"    p.environment AS environment, p.overrides AS overrides,"
"    p.defect AS defect, p.mode AS mode, p.uid AS uid,"
"    CASE WHEN p.package_state IN ('unchanged', 'known')"
"            OR p.path GLOB '/run/systemd/generator*' THEN 'own'"
/* the running kernel's own files are of no package: what they name counts */
"        WHEN p.path GLOB '/proc/*' AND NOT coalesce(p.program, '') REGEXP"
"            '/((ba|da|z|k)?sh|python[0-9.]*|perl|ruby|php|busybox)$'"
"            THEN 'own'"
"        WHEN p.package_state = 'unpackaged' THEN 'foreign'"
"        WHEN p.package_state = 'changed' THEN 'changed'"
"        ELSE 'unknown' END AS file_state,"
"    coalesce(p.program_raw, p.program) AS program,"
"    CASE WHEN p.program_state IN ('unchanged', 'known') THEN 'own'"
"        WHEN p.program_state = 'unpackaged' THEN 'foreign'"
"        ELSE p.program_state END AS program_state,"
"    p.program_uid AS program_uid, p.program_mode AS program_mode,"
"    p.program_sha256 AS program_sha256,"
"    p.artifact || coalesce(' line ' || p.line, '') ||"
"    coalesce(', as ' || p.owner, '') || coalesce(', ' || p.schedule, '') ||"
"    coalesce(': ' || excerpt(coalesce(p.text, p.command,"
"        p.name || coalesce(' ' || p.options, ''))), '') ||"
"    coalesce(' [refused: ' || p.defect || ']', '') AS words,"
"    0 AS power, NULL AS sign, '[]' AS runs"
"    FROM persist p WHERE p.origin IS NOT 'image';"
"CREATE INDEX temp.entry_path ON entry(scope, path);"
"CREATE INDEX temp.entry_class ON entry(class);"
/* what shcmd sees run: for what is not its package's own */
"UPDATE temp.entry SET runs = shcmd_runs(command) WHERE command IS NOT NULL"
"    AND file_state <> 'own' AND (line IS NOT NULL OR place = 'modprobe'"
"        OR place GLOB 'ssh-config*' OR place GLOB 'git-config-*'"
"        OR place IN ('hg-conf', 'terminal-conf', 'npm-conf', 'docker-client'));"
/* a loop over start-up files, which are judged by their own rows: its variable
 * is nothing else in that file */
"UPDATE temp.entry SET runs = '[]' WHERE id IN (SELECT id FROM (SELECT e.id AS"
"        id, b.data AS data,"
"        regexp_find(" SOURCES_VARIABLE ", e.command, 1) AS name"
"        FROM temp.entry e JOIN persist p ON p.id = e.id"
"        JOIN blob b ON b.sha256 = p.sha256 AND length(b.data) = b.size"
"        WHERE e.place GLOB 'shell-rc-*' AND e.file_state <> 'own'"
"            AND e.command REGEXP " SOURCES_VARIABLE ")"
"    WHERE data REGEXP ('(?m)^\\s*for\\s+' || name || '\\s+in\\s+"
	START_FOLDERS "')"
"    AND data NOT REGEXP ('(?m)^\\s*for\\s+' || name || '\\s+in\\s+(?!"
	START_FOLDERS ")')"
"    AND data NOT REGEXP ('(?m)^(?!\\s*(#|unset[\\s\\w]*$|for\\s+' || name ||"
"        '\\s+in\\s)).*(?<![\\w$])(?<!\\$\\{)' || name || '\\b'));"

/* what it can do */
"UPDATE temp.entry SET power = 3 WHERE program_state = 'foreign';"
/* a start-up file that reads another one, which is judged by its own rows */
"UPDATE temp.entry SET power = 0 WHERE power = 3 AND program IS NOT path"
"    AND (place GLOB 'shell-rc-*' OR place = 'sourced-config')"
"    AND EXISTS (SELECT 1 FROM temp.entry o WHERE o.scope = entry.scope"
"        AND o.path = entry.program AND o.place GLOB 'shell-rc-*');"
"UPDATE temp.entry SET power = 2 WHERE power = 0 AND file_state <> 'own'"
"    AND program_state IS NOT 'foreign'"
/* a container, whose image says what it runs */
"    AND (command IS NOT NULL OR (options IS NOT NULL AND name REGEXP '(?i)image$'"
"        AND (place = 'static-pod' OR place GLOB 'quadlet-*'))"
"        OR (place = 'tmpfiles' AND name IS NOT NULL)"
"        OR (place = 'compose' AND options IS NOT NULL))"
"    AND (place NOT IN ('compose', 'kernel-modules-load', 'tmpfiles')"
/* it starts nothing by itself, but this is what it would be for */
"        OR (place = 'compose' AND environment REGEXP"
"            '\"(privileged=true|volumes=/:[^\"]*|pid=host)\"')"
/* what is made at boot counts where something will run it */
"        OR (place = 'tmpfiles' AND (name REGEXP '^/proc/sys/kernel/"
"(core_pattern|modprobe|hotplug)$' OR (name NOT REGEXP"
"            '^/(run|tmp|proc|sys|dev|var/(run|lock|log|tmp|cache|lib))(/|$)'))))"
/* words of a script that only set something */
"    AND NOT (line IS NOT NULL AND program IS NULL AND coalesce(command, '') REGEXP"
"        '^\\s*((export|readonly|local|declare|typeset|set -gx?)\\s+)?"
"[A-Za-z_][A-Za-z0-9_]*\\+?=([^$`]|\\$[A-Za-z_{])*$'"
"        AND command NOT REGEXP '[;&|]' AND NOT EXISTS (SELECT 1"
"            FROM json_each(runs) j WHERE j.value NOT GLOB 'argument *'"
"                AND j.value NOT REGEXP"
"                '^run (export|readonly|local|declare|typeset|set)$'))"
"    AND NOT (line IS NOT NULL AND program IS NULL AND coalesce(command, '') REGEXP"
"        '^\\s*(fi|done|esac|else|then|do|;;|\\}|\\{|return|exit)"
"(\\s+[0-9]+)?\\s*;?$')"
/* variables of a crontab, and what every crontab of a distribution runs */
"    AND NOT (place GLOB 'cron-*' AND schedule IS NULL AND name IS NOT NULL)"
"    AND NOT (place = 'cron-system' AND program_state IS NOT 'foreign'"
"        AND coalesce(command, '') REGEXP '^(test -x /usr/sbin/anacron \\|\\| )?"
"[({]? ?(cd / && +)?run-parts (--report )?"
"/etc/cron\\.(hourly|daily|weekly|monthly) ?;? ?[)}]?( # .*)?$')"
/* how a module is kept from loading */
"    AND NOT (place = 'modprobe' AND shcmd_facts(command) = '[]'"
"        AND NOT EXISTS (SELECT 1 FROM json_each(runs) j"
"            WHERE j.value NOT GLOB 'argument *' AND j.value NOT REGEXP"
"            '^run (/usr)?(/s?bin/)?(true|false|:)$'))"
/* a mount runs what mounts it */
"    AND NOT (place GLOB 'systemd-unit-*' AND path REGEXP '\\.(auto)?mount$'"
"        AND program_state IS NOT 'foreign');"
/* a prompt, whose colours look like words of a shell */
"UPDATE temp.entry SET power = 0 WHERE power = 2 AND place GLOB 'shell-rc-*'"
"    AND command REGEXP"
"        '^\\s*(export\\s+)?PS[1-4]=(''[^'']*''|\"[^\"]*\")\\s*(#.*)?$'"
"    AND command NOT REGEXP '\\$\\(|`';"
/* it reads a file of a package, or one that is not there */
"UPDATE temp.entry SET power = 0 WHERE power = 2 AND place GLOB 'shell-rc-*'"
"    AND program_state IN ('own', 'missing')"
"    AND command REGEXP '^\\s*(\\.|source)\\s+[^\\s;&|]+\\s*(#.*)?$';"
/* start-up files: what everybody has in them */
"UPDATE temp.entry SET power = 0 WHERE power = 2 AND place GLOB 'shell-rc-*'"
"    AND " HARMLESS
/* an alias: what it stands for is a line of its own where it is more than one
 * command, or holds its program */
"    AND (command REGEXP '^\\s*alias\\s' AND NOT " OPAQUE
"        AND NOT (" RUNS_INTERPRETER " AND command REGEXP"
"            '[;|&`\n]|\\$\\(|\\s-[A-Za-z]*[ceE]\\s')"
/* the branches of a case */
"    OR command REGEXP '^\\s*[^][()`$;&\"'' ]+\\)\\s*"
"((return|exit|[A-Za-z_]+=[A-Za-z0-9_]*)( [0-9]+)?)?\\s*(;;)?\\s*(#.*)?$'"
"    OR (command NOT REGEXP '(^|[;&|({]|then|do|else)\\s*[\"'']?[$`]'"
"        AND NOT EXISTS (SELECT 1 FROM json_each(runs) j"
"            WHERE j.value NOT GLOB 'argument *' AND NOT EXISTS (SELECT 1"
"                FROM temp.quiet q WHERE j.value IN ('run ' || q.name,"
"                    'run /bin/' || q.name, 'run /usr/bin/' || q.name)))));"
/* but a variable may be a command, or code for every interpreter */
"UPDATE temp.entry SET power = 2 WHERE power = 0 AND file_state <> 'own'"
"    AND place GLOB 'shell-rc-*' AND (command REGEXP"
"        '\\b(PERL5OPT|RUBYOPT)=[\"'']?(\\S+ )*-[Mmr]'"
"    OR command REGEXP '\\bNODE_OPTIONS=.*(--(require|import|loader|"
"experimental-loader)\\b|-r\\b)'"
"    OR (command REGEXP '\\bPROMPT_COMMAND=' AND EXISTS (SELECT 1 FROM"
"        json_each(shcmd_runs(regexp_find("
"            'PROMPT_COMMAND=[\"'']?([^\"'']*)', command, 1))) j"
"        WHERE j.value GLOB 'run */*' OR j.value REGEXP '" INTERPRETER "')));"
/* what scripts read, packages and installers write much of; a hook that is a
 * shell's script is judged by its lines */
"UPDATE temp.entry SET power = 0 WHERE power = 2 AND line IS NOT NULL"
"    AND place IN ('sourced-config', 'git-hook') AND " HARMLESS
"    AND command NOT REGEXP '(^|[;&|({]|then|do|else)\\s*[\"'']?[$`]'"
"    AND NOT " OPAQUE " AND NOT " RUNS_INTERPRETER ";"
/* a user's tools: a plain program of a package, no shell and no interpreter;
 * a configuration as such, of which the lines count */
"UPDATE temp.entry SET power = 0 WHERE power = 2"
"    AND (place GLOB 'ssh-config*' OR place GLOB 'git-config-*'"
"        OR place IN ('hg-conf', 'terminal-conf', 'npm-conf', 'docker-client'))"
"    AND program_state = 'own'"
/* that ssh goes somewhere is what it is for */
"    AND NOT EXISTS (SELECT 1 FROM json_each(shcmd_facts(command)) f"
"        WHERE f.value NOT GLOB 'fetch: *')"
"    AND NOT (command REGEXP '^\\S*ssh\\s' AND command REGEXP"
"        '\\s-[A-Za-z0-9]*[DLRWw]|(?i)(proxy|local)command')"
"    AND NOT " RUNS_INTERPRETER ";"
"UPDATE temp.entry SET power = 0 WHERE power > 0 AND line IS NULL"
"    AND program IS path AND (place GLOB 'editor-*'"
"        OR place IN ('terminal-conf', 'hg-conf')"
"        OR (place = 'git-hook' AND EXISTS (SELECT 1 FROM temp.entry o"
"            WHERE o.scope = entry.scope AND o.path = entry.path"
"                AND o.line IS NOT NULL))"
"        OR (place = 'interpreter-start' AND path GLOB '*/.*'));"

/* what speaks against an administrator */
"UPDATE temp.entry SET sign = nullif(trim("
"    CASE WHEN power = 3 AND program REGEXP"
"        '^(/tmp|/var/tmp|/dev/shm|/run/shm|/dev)/'"
"        THEN ', it lies in a place for temporary files' ELSE '' END ||"
"    CASE WHEN power = 3 AND program NOT REGEXP '^(/root|/home/[^/]+)/'"
"        AND program REGEXP '/\\.[^/]' AND program NOT REGEXP '/\\.git/'"
"        THEN ', it is hidden' ELSE '' END ||"
"    CASE WHEN power = 3 AND program REGEXP"
"        '^(/usr)?/(s?bin|lib[0-9a-z]*|libexec|share)/'"
"        AND place <> 'kernel-module'"
"        THEN ', it lies where only packages put files' ELSE '' END ||"
"    CASE WHEN power = 3 AND root AND weight <> 'container'"
"        AND program IS NOT path AND (program_uid <> 0"
"            OR (program_mode & 2) <> 0)"
"        THEN ', others than root may change it' ELSE '' END ||"
"    CASE WHEN file_state = 'foreign' AND path REGEXP"
"        '^(/usr)?/(s?bin|lib[0-9a-z]*|libexec|share)/'"
"        AND path NOT GLOB '/usr/lib/modules/*/updates/*'"
"        THEN ', the entry lies where only packages put files' ELSE '' END ||"
"    CASE WHEN file_state = 'changed' AND path REGEXP"
"        '^(/usr)?/(s?bin|lib[0-9a-z]*|libexec)/'"
"        THEN ', the file is the package''s and no configuration' ELSE '' END"
"    || CASE WHEN place <> 'compose' AND environment REGEXP"
"        '\"(privileged=true|path=/\"|hostPID=true|"
"Volume=/:)|--privileged' THEN ', with the host in its hands' ELSE '' END ||"
"    CASE WHEN file_state = 'foreign' AND place GLOB 'systemd-unit-*'"
"        AND overrides IS NOT NULL AND power = 3"
"        AND path REGEXP '\\.service$'"
"        THEN ', it takes the place of ' || overrides ELSE '' END, ', '), '')"
"    WHERE power > 0;"

/* a file that is foreign, with all in it that has power: one for a file */
"CREATE TEMP VIEW foreign_entry AS SELECT scope, path, place, class, weight,"
"    root, attack, power, sign, severity,"
"    CASE severity WHEN 'critical' THEN 'wipe' WHEN 'low' THEN 'note'"
"        ELSE 'investigate' END AS effect,"
"    CASE file_state WHEN 'foreign' THEN 'of no package'"
"        ELSE 'not as its package has it' END || ': ' || words ||"
"    CASE WHEN power = 3 AND program IS NOT path THEN ' (runs ' || program ||"
"        ', of no package)' ELSE '' END || coalesce(' [' || sign || ']', '') ||"
"    CASE weight WHEN 'idle' THEN ' [nothing is seen to start it]' ELSE '' END"
"    || CASE WHEN n > 1 THEN ', and ' || (n - 1) || ' more' ELSE '' END"
"        AS detail, every AS evidence FROM (SELECT *, count(*) AS n,"
"    group_concat(CASE WHEN nth <= 2000 THEN evidence END, ' ') AS every,"
"    max(CASE weight WHEN 'host' THEN 1000 WHEN 'container' THEN 1000"
"        WHEN 'idle' THEN 100 ELSE 0 END + power * 10 + (sign IS NOT NULL)),"
"    CASE WHEN weight = 'container' THEN CASE WHEN class IN ('time', 'boot',"
"            'service', 'event') OR power = 3 THEN 'medium' ELSE 'low' END"
"        WHEN weight <> 'host' THEN 'low'"
"        WHEN root AND power = 3 AND sign REGEXP"
"            'temporary files|it is hidden' THEN 'critical'"
"        WHEN sign IS NOT NULL THEN 'high'"
"        ELSE 'medium' END AS severity"
/* the most telling first: a hostile file has lines without end */
"    FROM (SELECT *, row_number() OVER (PARTITION BY scope, path, class"
"            ORDER BY power DESC, id) AS nth FROM temp.entry WHERE power > 0"
"        AND file_state IN ('foreign', 'changed')"
"        AND class NOT IN ('access', 'loader') ORDER BY id)"
"    GROUP BY scope, path, class);"

/* a program of no package that packaged entries run */
"CREATE TEMP VIEW foreign_program AS SELECT scope, program AS path, class,"
"    attack, CASE WHEN weight = 'container' THEN 'medium'"
"        WHEN weight <> 'host' THEN 'low'"
"        WHEN root AND sign REGEXP 'temporary files|it is hidden'"
"            THEN 'critical'"
"        WHEN root OR sign IS NOT NULL THEN 'high' ELSE 'medium' END"
"        AS severity,"
"    CASE WHEN weight = 'host' AND root AND sign REGEXP"
"            'temporary files|it is hidden' THEN 'wipe'"
"        WHEN weight IN ('host', 'container') THEN 'investigate'"
"        ELSE 'note' END AS effect,"
"    'of no package, and run by ' || path || ', ' || words ||"
"    coalesce(' [' || sign || ']', '') ||"
"    CASE WHEN n > 1 THEN ', and ' || (n - 1) || ' more' ELSE '' END AS detail,"
"    every AS evidence FROM (SELECT *, count(*) AS n,"
"    group_concat(CASE WHEN nth <= 2000 THEN evidence END, ' ') AS every,"
"    max(CASE weight WHEN 'host' THEN 1000 WHEN 'container' THEN 1000"
"        WHEN 'idle' THEN 100 ELSE 0 END + root)"
"    FROM (SELECT *, row_number() OVER (PARTITION BY scope, program"
"            ORDER BY id) AS nth FROM temp.entry"
"        WHERE power = 3 AND file_state = 'own'"
"        AND program IS NOT path AND class NOT IN ('access', 'loader')"
/* one that is an entry itself is judged by its own rows */
"        AND NOT EXISTS (SELECT 1 FROM temp.entry o WHERE o.scope = entry.scope"
"            AND o.path = entry.program) ORDER BY id)"
"    GROUP BY scope, program);";

/* Cases of before version 3 have no persist.class: it is the artifact's. */
static const char artifact_classes[] =
"CREATE TEMP TABLE artifact_class(name TEXT PRIMARY KEY, class TEXT)"
"    WITHOUT ROWID;"
"INSERT INTO temp.artifact_class VALUES "
#define FMT(format)
#define BINARY(format)
#define ART(symbol, name, glob, format, owner, attack, class, when) \
	"('" name "', lower('" #class "')), "
#include "artifacts.def"
#undef FMT
#undef BINARY
#undef ART
"('', 'event');";

int
matchentry_prepare(struct case_db *c, struct err *e)
{
	if (case_exec(c, artifact_classes, e) || case_exec(c, entries, e))
		return -1;
	return 0;
}
