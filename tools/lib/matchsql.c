/*
 * matchsql - the temporary tables that rules and indicators share
 *
 * command   every text of the case that something runs, with where it stands
 *            script: the file that an entry runs and that holds the text
 * plain     the same after the shell: unquoted, decoded
 * fact      what shcmd found in it, a row a fact
 *
 * weight says what a row can prove:
 *   host       the host runs it by itself
 *   idle       it stands on the host and nothing starts it (a unit that is
 *              not enabled, and that does not change one of somebody else:
 *              the bus, a socket or a user may start that one)
 *   defect     it stands on the host and would be refused
 *   container  a container changed it, or runs it
 *   image      an image's own: whoever made the image
 */

#include "match.h"
#include "matchentry.h"
#include "matchfile.h"
#include "matchyara.h"
#include "sqlfunc.h"

/* Of an entry that its package put there, what it runs is to blame. */
#define BLAMED \
	"CASE WHEN package_state IN ('unchanged', 'known') AND program_state" \
	" IN ('unpackaged', 'changed') THEN coalesce(program_raw, program)" \
	" ELSE coalesce(path_raw, path) END"

#define INTO_COMMAND \
	"INSERT INTO temp.command(tbl, row, scope, path, place, weight, owner," \
	" schedule, text, form, env) "

static const char setup[] =
"CREATE TEMP TABLE command(tbl TEXT, row INTEGER, scope TEXT, path,"
"    place TEXT, weight TEXT, owner TEXT, schedule TEXT, text, form TEXT,"
"    env, script);"

/* persistence, entry by entry */
INTO_COMMAND "SELECT 'persist', id, scope,"
"    " BLAMED ", artifact,"
"    CASE WHEN scope <> 'host' THEN CASE origin WHEN 'image' THEN 'image'"
"            ELSE 'container' END"
"        WHEN defect IS NOT NULL THEN 'defect'"
"        WHEN " MATCH_IDLE("") " THEN 'idle'"
"        ELSE 'host' END,"
"    owner, schedule, coalesce(command_raw, command),"
"    CASE WHEN artifact GLOB 'systemd-unit-*' THEN 'unit' ELSE 'shell' END,"
"    NULL"
"    FROM persist WHERE command IS NOT NULL AND artifact NOT IN"
"        ('ssh-authorized-keys', 'ld-so-preload', 'accounts');"

/* a key's forced command */
INTO_COMMAND "SELECT 'persist', id, scope,"
"    coalesce(path_raw, path), artifact,"
"    CASE WHEN scope <> 'host' THEN CASE origin WHEN 'image' THEN 'image'"
"            ELSE 'container' END"
"        WHEN defect IS NOT NULL THEN 'defect' ELSE 'host' END,"
"    owner, schedule,"
"    replace(regexp_find('(?i)command=\"((?:[^\"\\\\]|\\\\.)*)\"',"
"        options, 1), '\\\"', '\"'), 'shell', NULL"
"    FROM persist WHERE artifact = 'ssh-authorized-keys'"
"        AND options REGEXP '(?i)command=\"';"

/* whole scripts: variables of one line are used in another */
INTO_COMMAND "SELECT 'persist', min(p.id), p.scope,"
"    coalesce(p.path_raw, p.path), p.artifact,"
"    CASE WHEN p.scope <> 'host' THEN CASE p.origin WHEN 'image' THEN 'image'"
"            ELSE 'container' END"
"        WHEN count(*) = count(p.defect) THEN 'defect' ELSE 'host' END,"
"    max(p.owner), p.schedule, b.data, 'shell', NULL"
"    FROM persist p JOIN blob b ON b.sha256 = p.sha256"
"    WHERE (p.artifact GLOB 'shell-rc-*' OR p.artifact IN ('cron-hourly',"
"        'cron-daily', 'cron-weekly', 'cron-monthly', 'cron-periodic',"
"        'rc-local', 'systemd-generator'))"
"        AND substr(b.data, 1, 4) <> x'7F454C46'"
"    GROUP BY p.scope, p.artifact, coalesce(p.path_raw, p.path), p.sha256;"

/* scripts of no package that an entry runs: a plain path says nothing. Their
 * language is what they, the line that runs them or their name say. */
"INSERT INTO temp.command SELECT 'persist', min(p.id), p.scope,"
"    CASE WHEN p.package_state IN ('unchanged', 'known')"
"        THEN coalesce(p.program_raw, p.program)"
"        ELSE coalesce(p.path_raw, p.path) END, p.artifact,"
"    CASE WHEN p.scope <> 'host' THEN CASE p.origin WHEN 'image' THEN 'image'"
"            ELSE 'container' END"
"        WHEN p.defect IS NOT NULL THEN 'defect'"
"        WHEN " MATCH_IDLE("p.") " THEN 'idle'"
"        ELSE 'host' END,"
"    p.owner, p.schedule,"
"    CASE WHEN p.language IS NULL THEN p.data ELSE json_array(p.language,"
"        CASE p.language WHEN 'python' THEN '-c' WHEN 'php' THEN '-r'"
"            ELSE '-e' END, CAST(p.data AS TEXT)) END,"
"    CASE WHEN p.language IS NULL THEN 'shell' ELSE 'argv' END, NULL, p.program"
"    FROM (SELECT p.*, b.data AS data, CASE WHEN b.data REGEXP '^#!'"
"            THEN regexp_find('^#![^\n]*(python|perl|ruby|node|php)', b.data, 1)"
"            ELSE coalesce(regexp_find("
"                '(?:^|[\\s/])(python|perl|ruby|node|php)[0-9.]*\\s', p.command,"
"                1), CASE regexp_find('\\.(py|pl|rb|js|php)$', p.program, 1)"
"                WHEN 'py' THEN 'python' WHEN 'pl' THEN 'perl'"
"                WHEN 'rb' THEN 'ruby' WHEN 'js' THEN 'node'"
"                WHEN 'php' THEN 'php' END) END AS language"
"        FROM persist p JOIN blob b ON b.sha256 = p.program_sha256"
"        WHERE p.program_state IN ('unpackaged', 'changed')"
"            AND p.sha256 IS NOT p.program_sha256"
"            AND substr(b.data, 1, 4) <> x'7F454C46') p"
"    GROUP BY p.scope, p.artifact, coalesce(p.path_raw, p.path), p.line,"
"        p.program_sha256;"

/* containers */
INTO_COMMAND "SELECT 'container', id, scope, NULL,"
"    'container-command', 'container', user, restart_policy,"
"    coalesce(list_cat(coalesce(entrypoint_raw, entrypoint),"
"        coalesce(cmd_raw, cmd)), command_raw, command),"
"    CASE WHEN entrypoint IS NULL AND cmd IS NULL THEN 'joined'"
"        ELSE 'argv' END, coalesce(env_raw, env) FROM container"
"    WHERE command IS NOT NULL OR entrypoint IS NOT NULL OR cmd IS NOT NULL;"
INTO_COMMAND "SELECT 'container', id, scope, NULL,"
"    'container-healthcheck', 'container', user, NULL,"
"    CASE json_extract(healthcheck, '$[0]')"
"        WHEN 'CMD-SHELL' THEN json_extract(healthcheck, '$[1]')"
"        ELSE json_remove(healthcheck, '$[0]') END,"
"    CASE json_extract(healthcheck, '$[0]') WHEN 'CMD-SHELL' THEN 'shell'"
"        ELSE 'argv' END, coalesce(env_raw, env) FROM container"
"    WHERE json_valid(healthcheck) AND json_array_length(healthcheck) > 1;"

/* programs of the host that the runtime starts for a container */
INTO_COMMAND "SELECT 'container', c.id, c.scope, NULL,"
"    'container-hook', 'container', 'root', NULL,"
"    substr(j.value, instr(j.value, '=') + 1), 'joined', NULL"
"    FROM container c, json_each(c.hooks) j WHERE json_valid(c.hooks);"
/* what a cluster, or a build, runs */
INTO_COMMAND "SELECT 'pod', p.id, 'host', coalesce(p.path_raw, p.path),"
"    'pod-command', 'container', NULL, p.source, j.value, 'joined', NULL"
"    FROM pod p, json_each(p.commands) j WHERE json_valid(p.commands);"
INTO_COMMAND "SELECT 'task', id, 'host', NULL,"
"    'task-command', 'container', NULL, state,"
"    coalesce(command_raw, command), 'joined', coalesce(env_raw, env)"
"    FROM task WHERE command IS NOT NULL;"
INTO_COMMAND "SELECT 'build', b.id, 'host', NULL, 'build-step', 'image', NULL,"
"    NULL, j.value, 'history', NULL"
"    FROM build b, json_each(b.steps) j WHERE json_valid(b.steps);"
INTO_COMMAND "SELECT 'layer', id, 'host', NULL, 'build-step', 'image', NULL,"
"    NULL, coalesce(regexp_find(' exec (/bin/.*)$',"
"        coalesce(created_by_raw, created_by), 1),"
"        created_by_raw, created_by), 'history', NULL"
"    FROM layer WHERE created_by IS NOT NULL;"

/* images: what they start, and how they were made */
INTO_COMMAND "SELECT 'image', id, scope, NULL, 'image-command',"
"    'image', user, NULL,"
"    coalesce(list_cat(coalesce(entrypoint_raw, entrypoint),"
"        coalesce(cmd_raw, cmd)), command_raw, command),"
"    CASE WHEN entrypoint IS NULL AND cmd IS NULL THEN 'joined'"
"        ELSE 'argv' END, coalesce(env_raw, env) FROM image"
"    WHERE command IS NOT NULL OR entrypoint IS NOT NULL OR cmd IS NOT NULL;"
INTO_COMMAND "SELECT 'image', id, scope, NULL,"
"    'image-healthcheck', 'image', user, NULL,"
"    CASE json_extract(healthcheck, '$[0]')"
"        WHEN 'CMD-SHELL' THEN json_extract(healthcheck, '$[1]')"
"        ELSE json_remove(healthcheck, '$[0]') END,"
"    CASE json_extract(healthcheck, '$[0]') WHEN 'CMD-SHELL' THEN 'shell'"
"        ELSE 'argv' END, coalesce(env_raw, env) FROM image"
"    WHERE json_valid(healthcheck) AND json_array_length(healthcheck) > 1;"
INTO_COMMAND "SELECT 'image', i.id, i.scope, NULL,"
"    'image-onbuild', 'image', i.user, NULL, j.value, 'history', NULL"
"    FROM image i, json_each(i.onbuild) j WHERE json_valid(i.onbuild);"
INTO_COMMAND "SELECT 'image_history', h.id, i.scope, NULL,"
"    'image-history', 'image', NULL, NULL,"
"    coalesce(h.created_by_raw, h.created_by), 'history', NULL"
"    FROM image_history h JOIN image i ON i.image_id = h.image_id"
"        AND i.engine = h.engine AND i.namespace IS h.namespace"
"        AND i.store IS h.store AND i.run = h.run"
"    WHERE h.created_by IS NOT NULL;"

/* processes */
INTO_COMMAND "SELECT 'process', id, scope,"
"    coalesce(exe_raw, exe), 'process',"
"    CASE scope WHEN 'host' THEN 'host' ELSE 'container' END, user, NULL,"
"    coalesce(argv_raw, argv, cmdline_raw, cmdline),"
"    CASE WHEN argv IS NULL THEN 'joined' ELSE 'argv' END, NULL"
"    FROM process WHERE coalesce(kernel, 0) = 0"
"        AND (argv IS NOT NULL OR cmdline IS NOT NULL);"

/* each text once: images share most of their history */
"CREATE TEMP TABLE analysed AS SELECT text, form, env,"
"    shcmd_plain(text, form, env) AS plain,"
"    shcmd_facts(text, form, env) AS facts"
"    FROM (SELECT DISTINCT text, form, env FROM temp.command"
"        WHERE text IS NOT NULL);"
"CREATE INDEX temp.analysed_text ON analysed(text);"

"CREATE TEMP TABLE plain AS SELECT c.tbl AS tbl, c.row AS row,"
"    c.scope AS scope, c.path AS path, c.place AS place,"
"    c.weight AS weight, a.plain AS text"
"    FROM temp.command c JOIN temp.analysed a ON a.text = c.text"
"        AND a.form = c.form AND a.env IS c.env;"

"CREATE TEMP TABLE fact AS SELECT c.tbl AS tbl, c.row AS row,"
"    c.tbl || ':' || c.row AS evidence, c.scope AS scope, c.path AS path,"
"    c.place AS place, c.weight AS weight, c.owner AS owner,"
"    c.schedule AS schedule, c.script AS script,"
"    substr(j.value, 1, instr(j.value, ': ') - 1) AS tag,"
"    substr(j.value, instr(j.value, ': ') + 2) AS piece"
"    FROM temp.command c JOIN temp.analysed a ON a.text = c.text"
"        AND a.form = c.form AND a.env IS c.env, json_each(a.facts) j"
"    WHERE a.facts <> '[]';"
"DROP TABLE temp.analysed;"

/* a whole script says again what its lines said */
"DELETE FROM temp.fact WHERE rowid IN (SELECT b.rowid FROM temp.fact b"
"    JOIN temp.fact a ON a.scope IS b.scope AND a.path IS b.path"
"        AND a.tag = b.tag AND a.piece = b.piece AND a.tbl = b.tbl"
"        AND a.place = b.place AND a.rowid < b.rowid"
"    WHERE b.tbl = 'persist' AND b.place NOT GLOB 'cron-system'"
"        AND (b.place GLOB 'shell-rc-*' OR b.place GLOB 'cron-*ly'"
"            OR b.place IN ('rc-local', 'cron-periodic',"
"                'systemd-generator')));"
/* an image's history names its command again */
"CREATE INDEX temp.fact_scope ON fact(scope, tag);"
"DELETE FROM temp.fact WHERE tbl = 'image_history' AND EXISTS ("
"    SELECT 1 FROM temp.fact g WHERE g.tbl = 'image'"
"        AND g.scope = fact.scope AND g.tag = fact.tag"
"        AND g.piece = fact.piece);"
"CREATE INDEX temp.fact_tag ON fact(tag);"
"CREATE INDEX temp.fact_row ON fact(tbl, row);"

/* names of an image, for people */
"CREATE TEMP TABLE image_label AS SELECT i.id AS id, i.scope AS scope,"
"    i.image_id AS image_id, i.engine AS engine, i.store AS store,"
"    i.namespace AS namespace, i.run AS run,"
"    coalesce(n.names, 'without a name, ' || substr(i.image_id, 1, 19))"
"        AS label"
"    FROM image i LEFT JOIN (SELECT run, engine, namespace, store, image_id,"
"        group_concat(name, ', ') AS names FROM (SELECT DISTINCT run, engine,"
"            namespace, store, image_id, name FROM image_name"
"            ORDER BY name)"
"        GROUP BY run, engine, namespace, store, image_id) n"
"    ON n.image_id = i.image_id AND n.run = i.run AND n.engine = i.engine"
"        AND n.namespace IS i.namespace AND n.store IS i.store;"
"CREATE INDEX temp.image_label_id ON image_label(id);"
"CREATE INDEX temp.image_label_scope ON image_label(scope);"
"CREATE INDEX temp.image_label_image ON image_label(image_id);"
"CREATE TEMP TABLE container_label AS SELECT c.id AS id, c.scope AS scope,"
"    coalesce(c.name, substr(c.container_id, 1, 12)) || ' of image ' ||"
"    coalesce(c.image_ref, c.image_id, '?') AS label FROM container c;"
"CREATE INDEX temp.container_label_id ON container_label(id);"
"CREATE INDEX temp.container_label_scope ON container_label(scope);"
/* mounts by their container; a volume can be a name for a folder of the
 * host (options type=none,o=bind,device=/etc), or for a disk */
"CREATE TEMP TABLE volume_device AS SELECT v.run AS run, v.engine AS engine,"
"    v.store AS store, v.name AS name, substr(j.value, 8) AS device,"
"    v.options REGEXP '\"o=([^\"]*,)?r?bind[,\"]' AS bind"
"    FROM volume v, json_each(v.options) j"
"    WHERE json_valid(v.options) AND j.value GLOB 'device=/*';"
"CREATE TEMP TABLE container_mount AS SELECT m.id AS id, m.run AS run,"
"    m.scope AS scope, CASE WHEN d.bind THEN 'bind'"
"        WHEN d.device IS NOT NULL THEN 'disk' ELSE m.type END AS type,"
"    coalesce(d.device, m.source) AS source, m.destination AS destination,"
"    m.rw AS rw FROM mount m LEFT JOIN temp.volume_device d"
"    ON d.run = m.run AND d.engine = m.engine AND d.store IS m.store"
"        AND d.name = m.name AND m.type = 'volume';"
"CREATE INDEX temp.container_mount_scope ON container_mount(scope);"
"CREATE TEMP VIEW fact_label AS SELECT f.*, CASE f.tbl"
"    WHEN 'container' THEN 'container ' || (SELECT label"
"        FROM container_label l WHERE l.id = f.row)"
"    WHEN 'image' THEN 'image ' || (SELECT label FROM image_label l"
"        WHERE l.id = f.row)"
"    WHEN 'image_history' THEN 'image ' || (SELECT label FROM image_label l"
"        WHERE l.scope = f.scope LIMIT 1) || ', built by'"
"    WHEN 'process' THEN 'process ' || (SELECT pid FROM process p"
"        WHERE p.id = f.row)"
"    WHEN 'pod' THEN (SELECT 'pod ' || coalesce(namespace || '/', '') ||"
"        coalesce(name, uid, '?') FROM pod p WHERE p.id = f.row)"
"    WHEN 'task' THEN (SELECT 'task of the service ' ||"
"        coalesce(service, '?') || ', image ' || coalesce(image_ref, '?')"
"        FROM task t WHERE t.id = f.row)"
"    WHEN 'build' THEN (SELECT 'build ' || coalesce(ref, '?') ||"
"        coalesce(' of ' || images, '') FROM build b WHERE b.id = f.row)"
"    WHEN 'layer' THEN (SELECT 'build cache of ' || engine || ', layer ' ||"
"        coalesce(name, '?') FROM layer y WHERE y.id = f.row)"
"    ELSE f.place END AS label FROM temp.fact f;"

/* an entry of persistence, ready for a rule: a row a fact */
"CREATE TEMP VIEW persist_fact AS SELECT f.scope AS scope, f.path AS path,"
"    f.place AS place, f.weight AS weight, f.tag AS tag, f.piece AS piece,"
"    f.evidence AS evidence, f.owner AS owner, f.schedule AS schedule,"
"    (f.owner IS NULL AND f.weight <> 'defect')"
"        OR f.owner IN ('root', '0') OR EXISTS (SELECT 1 FROM account a"
"            WHERE a.scope = f.scope AND a.name = f.owner AND a.uid = 0)"
"        AS root,"
"    coalesce(p.package_state IN ('unpackaged', 'changed'), 0) AS foreign_file,"
"    f.place || coalesce(' line ' || p.line, '') ||"
"    coalesce(', as ' || f.owner, '') ||"
"    coalesce(', ' || f.schedule, '') || ': ' ||"
"    excerpt(coalesce(p.text, p.command)) ||"
"    coalesce(' [in ' || f.script || ', of no package]', '') ||"
"    coalesce(' [refused: ' || p.defect || ']', '') ||"
"    CASE f.weight WHEN 'idle' THEN ' [nothing starts it]'"
"        WHEN 'image' THEN ' [in the image''s own layer]' ELSE '' END"
"        AS entry"
"    FROM temp.fact f JOIN persist p ON p.id = f.row"
"    WHERE f.tbl = 'persist';"

/* what a container may do to its host, and whether it ever ran */
"CREATE TEMP TABLE container_access AS SELECT c.id AS id, c.scope AS scope,"
"    c.started_time IS NOT NULL OR c.finished_time IS NOT NULL"
"        OR coalesce(c.pid, 0) > 0"
"        OR coalesce(c.state, 'created') NOT IN ('created', '') AS ran,"
"    nullif(trim("
"        CASE WHEN c.privileged THEN 'privileged' ELSE '' END ||"
"        coalesce((SELECT group_concat(', host ' || m.source || ' at ' ||"
"            m.destination, '') FROM container_mount m WHERE m.scope = c.scope"
"            AND m.run = c.run AND coalesce(m.rw, 1)"
"            AND m.type IS NOT 'volume' AND m.type IS NOT 'tmpfs'"
"            AND m.type IS NOT 'disk'"
"            AND rtrim(m.source, '/') IN ('', '/etc', '/root', '/usr',"
"            '/var', '/var/spool', '/var/spool/cron', '/boot', '/bin',"
"            '/sbin', '/lib', '/lib64', '/usr/bin', '/usr/sbin', '/usr/lib',"
"            '/usr/local', '/usr/local/bin', '/home', '/root/.ssh', '/proc',"
"            '/sys', '/dev', '/etc/cron.d', '/etc/systemd',"
"            '/etc/systemd/system', '/var/spool/cron/crontabs',"
"            '/etc/crontab', '/etc/ld.so.preload', '/etc/profile.d',"
"            '/etc/init.d', '/var/lib', '/var/lib/docker', '/var/lib/containers',"
"            '/var/lib/containerd')), '') ||"
"        coalesce((SELECT group_concat(', engine socket ' || m.source, '')"
"            FROM container_mount m WHERE m.scope = c.scope AND m.run = c.run"
"            AND m.source REGEXP '(docker|containerd|crio|podman)\\.sock$"
"|^/(var/)?run(/(docker|podman|containerd|crio))?/?$'),"
"            '') ||"
"        CASE WHEN c.cap_add REGEXP"
"            '\"(CAP_)?(SYS_ADMIN|SYS_MODULE|SYS_RAWIO|ALL)\"'"
"            THEN ', capabilities ' || c.cap_add"
"        WHEN c.cap_add IS NULL AND c.privileged IS NOT 1"
"            AND c.capabilities REGEXP"
"            '\"CAP_(SYS_ADMIN|SYS_MODULE|SYS_RAWIO)\"'"
"            THEN ', capabilities ' || c.capabilities ELSE '' END ||"
"        CASE WHEN (c.pid_mode = 'host' OR c.host_namespaces REGEXP"
"                '\"pid\"') AND (c.cap_add REGEXP"
"                '\"(CAP_)?(SYS_PTRACE|ALL)\"' OR (c.cap_add IS NULL"
"                AND c.capabilities REGEXP '\"CAP_SYS_PTRACE\"'))"
"            THEN ', host processes' ELSE '' END ||"
"        coalesce((SELECT group_concat(', disk ' || m.source || ' at ' ||"
"            m.destination, '') FROM container_mount m WHERE"
"            m.scope = c.scope AND m.run = c.run AND m.type = 'disk'"
"            AND m.source GLOB '/dev/*'), '') ||"
"        CASE WHEN c.devices REGEXP '\"/dev/([shv]d|xvd|nvme|mem|dm-)'"
"            THEN ', devices ' || c.devices ELSE '' END, ', '), '')"
"        AS access, l.label AS label"
"    FROM container c JOIN container_label l ON l.id = c.id;"
"CREATE INDEX temp.container_access_id ON container_access(id);"

/* what a container's command does, with what it may do */
"CREATE TEMP VIEW container_fact AS SELECT f.scope AS scope,"
"    f.place AS place, f.tag AS tag, f.piece AS piece,"
"    f.evidence AS evidence, f.row AS id, a.ran AS ran, a.access AS access,"
"    'container ' || a.label || CASE WHEN a.ran THEN ' (ran)'"
"        ELSE ' (never started)' END || coalesce(' with ' || a.access, '')"
"        AS label,"
"    excerpt(coalesce(c.command, c.cmd, c.entrypoint)) AS command"
"    FROM temp.fact f JOIN container c ON c.id = f.row"
"    JOIN container_access a ON a.id = c.id WHERE f.tbl = 'container';"

/* the same on the host: paths that a command writes, through its mounts */
"CREATE TEMP VIEW container_write AS SELECT f.scope AS scope, f.id AS id,"
"    f.label AS label, f.command AS command, f.ran AS ran, f.piece AS piece,"
"    f.evidence || ' mount:' || m.id AS evidence, m.source AS source,"
"    m.destination AS destination,"
"    path_moved(f.piece, m.destination, m.source) AS host_path"
"    FROM container_fact f JOIN container_mount m ON m.scope = f.scope"
"    WHERE f.tag = 'writes' AND coalesce(m.rw, 1)"
"        AND m.type IS NOT 'tmpfs'"
"        AND path_under(f.piece, m.destination)"
"        AND NOT EXISTS (SELECT 1 FROM container_mount n WHERE n.scope = m.scope"
"            AND n.run = m.run AND n.id <> m.id"
"            AND length(n.destination) > length(m.destination)"
"            AND path_under(f.piece, n.destination));";

/*
 * Where what YARA found may be run from: the files that entries run, name, or
 * are. Only made where there is something to look for.
 */
static const char runs[] =
"CREATE TEMP TABLE run_file(tbl TEXT, row INTEGER, evidence TEXT, scope TEXT,"
"    how TEXT, key TEXT, weight TEXT, owner TEXT);"
"CREATE TEMP VIEW persist_run AS SELECT p.scope AS scope,"
/* an entry that is as its package has it is not to blame */
"    CASE WHEN p.package_state IN ('unchanged', 'known') THEN h.path"
"        ELSE coalesce(p.path_raw, p.path) END AS path, p.artifact AS place,"
"    r.weight AS weight, r.how AS how, p.owner AS owner,"
"    p.owner IS NULL OR p.owner IN ('root', '0') OR EXISTS (SELECT 1"
"        FROM account a WHERE a.scope = p.scope AND a.name = p.owner"
"        AND a.uid = 0) AS root,"
"    p.artifact || coalesce(' line ' || p.line, '') ||"
"    coalesce(', as ' || p.owner, '') || coalesce(', ' || p.schedule, '') ||"
"    coalesce(': ' || excerpt(coalesce(p.text, p.command)), '') AS entry,"
"    h.path AS file, h.rule AS rule, h.title AS title, h.rank AS rank,"
"    h.strings AS strings, r.evidence AS entry_evidence,"
"    r.evidence || ' ' || h.evidence AS evidence"
"    FROM temp.yara_hit h JOIN temp.run_file r"
"        ON (r.key = h.key OR r.key = h.name) AND r.scope = h.scope"
"    JOIN persist p ON p.id = r.row"
"    WHERE h.rank >= 2 AND h.pid IS NULL AND r.tbl = 'persist';";

static const char fill_runs[] =
"INSERT INTO temp.run_file SELECT c.tbl, c.row, c.tbl || ':' || c.row, c.scope,"
"    substr(j.value, 1, instr(j.value, ' ') - 1),"
"    path_key(substr(j.value, instr(j.value, ' ') + 1)), c.weight, c.owner"
"    FROM temp.command c, json_each(shcmd_runs(c.text, c.form, c.env)) j"
"    WHERE c.tbl = 'persist' AND c.text IS NOT NULL"
"        AND j.value <> 'opaque';"
/* a script that is the entry itself; a library that is loaded by itself */
"INSERT INTO temp.run_file SELECT 'persist', min(id), 'persist:' || min(id),"
"    scope, 'run', path_key(coalesce(path_raw, path)),"
"    CASE WHEN scope <> 'host' THEN CASE origin WHEN 'image' THEN 'image'"
"            ELSE 'container' END"
"        WHEN count(*) = count(defect) THEN 'defect' ELSE 'host' END,"
"    max(owner) FROM persist WHERE artifact GLOB 'shell-rc-*'"
"        OR artifact IN ('cron-hourly', 'cron-daily', 'cron-weekly',"
"            'cron-monthly', 'cron-periodic', 'rc-local',"
"            'systemd-generator')"
"    GROUP BY scope, artifact, coalesce(path_raw, path);"
"INSERT INTO temp.run_file SELECT 'persist', id, 'persist:' || id, scope,"
"    'run', path_key(coalesce(command_raw, command)),"
"    CASE WHEN scope <> 'host' THEN CASE origin WHEN 'image' THEN 'image'"
"            ELSE 'container' END"
"        WHEN defect IS NOT NULL THEN 'defect' ELSE 'host' END, owner"
"    FROM persist WHERE artifact = 'ld-so-preload' AND command IS NOT NULL;"
/* a shell's own ~ and $HOME are root's as far as is known: its owner's */
"INSERT INTO temp.run_file SELECT DISTINCT r.tbl, r.row, r.evidence, r.scope,"
"    r.how, path_key(path_moved(r.key, '/root', a.home)), r.weight, r.owner"
"    FROM temp.run_file r JOIN account a ON a.scope = r.scope"
"        AND a.name = r.owner AND a.home GLOB '/?*' AND a.home <> '/root'"
"    WHERE r.key GLOB '/root/*';"
/* and so not root's, unless it names root's; nor are a new account's */
"DELETE FROM temp.run_file WHERE key GLOB '/root/*' AND EXISTS (SELECT 1"
"        FROM temp.command c WHERE c.tbl = run_file.tbl"
"            AND c.row = run_file.row AND (c.place = 'shell-rc-skel'"
"            OR (EXISTS (SELECT 1 FROM account a WHERE a.scope = c.scope"
"                AND a.name = c.owner AND a.home GLOB '/?*')"
"            AND NOT EXISTS (SELECT 1 FROM account a WHERE a.scope = c.scope"
"                AND a.name = c.owner AND (a.uid = 0 OR a.home = '/root')))))"
"    AND NOT EXISTS (SELECT 1 FROM temp.command c WHERE"
"        c.tbl = run_file.tbl AND c.row = run_file.row"
"        AND instr(c.text, '/root'));"
"CREATE INDEX temp.run_file_key ON run_file(key);";

static int
prepare_runs(struct case_db *c, struct err *e)
{
	sqlite3_stmt *s;
	bool any;

	if (case_exec(c, runs, e))
		return -1;
	s = case_prepare(c, "SELECT 1 FROM temp.yara_hit WHERE rank >= 2", e);
	if (!s)
		return -1;
	any = sqlite3_step(s) == SQLITE_ROW;
	sqlite3_finalize(s);
	return any ? case_exec(c, fill_runs, e) : 0;
}

int
match_prepare(struct match *m, struct case_db *c, struct err *e)
{
	if (sqlfunc_register(c->db) != SQLITE_OK)
		return err_set(e, ERR_OURS, 0, "cannot register functions: %s",
		    sqlite3_errmsg(c->db));
	if (case_exec(c, setup, e) || matchentry_prepare(c, e) ||
	    matchfile_prepare(c, e) || matchyara_prepare(m, c, e) ||
	    prepare_runs(c, e))
		return -1;
	return 0;
}
