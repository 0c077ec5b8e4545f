/*
 * matchfile - what a file with power is worth
 *
 * tool   what a program can do for who may run it with root's rights:
 *        'shell'  it runs any command, and nobody gives it such rights by
 *                 mistake: shells, interpreters, editors, find, env
 *        'writer' it runs a command, too, or reads or writes any file; somebody
 *                 may have wanted just one of these
 *        Of programs where a shell finds them by their names.
 * place  'nested'    in a tree with a root of its own: layers of engines that
 *                    no container or image shows, chroots, snaps
 *        'temporary', 'hidden', 'home', 'local' (what no package fills),
 *        'system'
 * copy   a packaged 'shell' with the same content
 */

#include "matchfile.h"

/* Names as the distributions have them. */
#define SHELL_TOOLS \
	"^((ba|da|z|k|c|tc|fi|a|rba|lk|mk|pdk|ya)?sh(-static)?[0-9.]*" \
	"|(k|z|mk|lk)sh[0-9a-z.-]*|python[0-9.]*|perl[0-9.]*|ruby[0-9.]*" \
	"|php[0-9.]*|lua[0-9.]*|luajit[0-9a-z.-]*|tclsh[0-9.]*|wish[0-9.]*" \
	"|node|nodejs|guile[0-9.-]*|expect|jjs|jrunscript|ghci?|irb[0-9.]*" \
	"|(g|m|n|original-)?awk" \
	"|(r?vim?|gvim|view|rview|vimdiff)(\\.[a-z0-9-]+)?|nvim|ex|ed|emacs[0-9a-z.-]*" \
	"|nano|pico|r?joe|find|env" \
	"|ld-(linux|musl)[0-9a-z_-]*\\.so[0-9.]*|ld-[0-9.]+\\.so)$"
#define WRITER_TOOLS \
	"^(xargs|nice|ionice|nohup|timeout|setsid|stdbuf|taskset|flock|chroot" \
	"|unshare|nsenter|setpriv|capsh|chrt|setarch|linux32|linux64|run-parts" \
	"|start-stop-daemon|gdb|gdbserver|strace|ltrace|make|gmake|socat[0-9]*" \
	"|watch|script|parallel|crash|busybox(-static)?|cp|mv|dd" \
	"|tee|cat|tac|head|tail|less|more|install|rsync|tar" \
	"|bsdtar|cpio|sed|chmod|chown|chgrp|ln|base64|base32|xxd|od|hexdump" \
	"|openssl|curl|wget|docker|podman|systemctl|systemd-run|nmap|git" \
	"|zip|unzip|7z|ar|gzip|scp|sftp|ssh|cut|sort|uniq|diff|cmp|grep" \
	"|nc(\\.[a-z]+)?|ncat|netcat|crontab-e|dmsetup|mknod|debugfs|dpkg|rpm" \
	"|apt|apt-get|yum|dnf|pip[0-9.]*|gem|npm|screen-[0-9.]+|tmux)$"

static const char files[] =
/* shells and the like as packages have them, by content */
"CREATE TEMP TABLE shell_content AS SELECT scope, sha256,"
"    min(coalesce(path_raw, path)) AS path FROM file"
"    WHERE type = 'file' AND sha256 IS NOT NULL"
"        AND coalesce(package_state, 'unchanged') = 'unchanged'"
"        AND path REGEXP '^(/usr)?/(s?bin/|lib[a-z0-9]*/([^/]+/)?ld-)[^/]+$'"
"        AND substr(path, length(rtrim(path, replace(path, '/', ''))) + 1)"
"            REGEXP '" SHELL_TOOLS "'"
"    GROUP BY scope, sha256;"
"CREATE INDEX temp.shell_content_sha256 ON shell_content(sha256);"

/* what a shell finds by its name alone */
"CREATE TEMP TABLE command_file AS SELECT id, scope,"
"    coalesce(path_raw, path) AS path,"
"    substr(path, length(rtrim(path, replace(path, '/', ''))) + 1) AS name,"
"    path NOT REGEXP '^/(usr|s?bin)/' AS home, origin, type, mode, package,"
"    package_state, coalesce(target_raw, target) AS target"
"    FROM file WHERE path REGEXP"
"        '^((/usr)?(/local)?|(/root|/home/[^/]+)(/[.]local)?)/s?bin/[^/]+$'"
"        AND (type = 'file' AND (mode & 73) <> 0 OR type = 'symlink')"
"        AND hidden IS NULL;"
"CREATE INDEX temp.command_file_name ON command_file(name);"

/* of which kind is a file, for rules on what packages own; by its path */
"CREATE TEMP TABLE file_kind AS SELECT f.scope AS scope, f.path AS path,"
"    'file:' || f.id AS evidence,"
"    CASE WHEN f.elf_type IS NOT NULL THEN 'elf'"
"        WHEN f.interpreter IS NOT NULL OR f.path REGEXP"
"            '\\.(sh|bash|py|pl|pm|rb|js|mjs|cjs|lua|php|tcl)$' THEN 'script'"
"        WHEN f.why IN ('executable', 'script') THEN 'program'"
"        ELSE 'other' END AS kind"
"    FROM package_file p JOIN file f ON f.scope = p.scope AND f.path = p.path"
"        AND f.type = 'file' AND f.origin IS p.origin AND f.hidden IS NULL"
"    WHERE p.state = 'changed' OR p.state = 'replaced';"
"CREATE INDEX temp.file_kind_path ON file_kind(path);"

/* trees with a root of their own */
"CREATE TEMP TABLE power_file AS SELECT f.id AS id, 'file:' || f.id AS evidence,"
"    f.scope AS scope, coalesce(f.path_raw, f.path) AS path,"
"    substr(f.path, length(rtrim(f.path, replace(f.path, '/', ''))) + 1)"
"        AS name,"
"    f.scope = 'host' AS host, f.type AS type, f.mode AS mode, f.uid AS uid,"
"    f.gid AS gid, f.owner AS owner, f.capabilities AS capabilities,"
"    f.flags AS flags, f.sha256 AS sha256, f.why AS why, f.target AS target,"
"    f.elf_type AS elf_type, f.interpreter AS interpreter,"
"    f.package AS package,"
"    CASE WHEN f.package_state IN ('unchanged', 'known') THEN 'own'"
"        WHEN f.package_state = 'unpackaged' THEN 'foreign'"
"        WHEN f.package_state = 'changed' THEN 'changed'"
"        ELSE 'unknown' END AS state,"
"    f.package_state IS 'known' AS known,"
/* it runs: a program, or a text that is marked as one */
"    f.type = 'file' AND (f.elf_type IN ('executable', 'pie')"
"        OR (f.mode & 73) <> 0 AND (f.interpreter IS NOT NULL"
"            OR f.elf_type = 'shared' AND f.path NOT REGEXP '\\.so(\\.[0-9.]+)?$'"
"            OR f.magic LIKE '%script%'"
"            OR f.magic LIKE '%text%' AND f.path NOT REGEXP '\\.[A-Za-z]+$'))"
"        AS program,"
"    CASE WHEN f.path REGEXP '^/(var/lib/(docker|containers|containerd|lxc|lxd|"
"machines|libpod|rancher|kubelet|schroot|snapd/snap|flatpak|ostree)|"
"home/[^/]+/\\.local/share/(containers|docker|flatpak|lxc)|"
"var/(chroot|cache/pbuilder)|ostree|sysroot|nix/store|gnu/store|run/wrappers)/'"
/* a snap is a file system of its own; a file that lies beside it is none */
"        OR (f.path REGEXP '^/snap/[^/]+/[^/]+/' AND f.device NOT IN ("
"            SELECT r.device FROM file r WHERE r.scope = 'host'"
"                AND r.path = '/etc'))"
"            THEN 'nested'"
"        WHEN f.path REGEXP '^/(tmp|var/tmp|dev|run/shm)/' THEN 'temporary'"
"        WHEN f.why = 'home' THEN 'home'"
"        WHEN f.path REGEXP '/\\.[^/]' THEN 'hidden'"
"        WHEN f.path REGEXP '^/(usr/local|opt|srv|var/(www|local|opt)|mnt|media)/'"
"            OR f.path NOT REGEXP"
"                '^/(usr|bin|sbin|lib[a-z0-9]*|etc|boot|var|run|efi)(/|$)'"
"            THEN 'local'"
"        ELSE 'system' END AS place,"
"    NULL AS tool, NULL AS copy, NULL AS words"
"    FROM file f WHERE f.origin IS NOT 'image' AND f.type <> 'symlink'"
"        AND ((f.mode & 3072) <> 0 AND f.type = 'file'"
"        OR f.capabilities IS NOT NULL OR f.flags IS NOT NULL"
"        OR (f.mode & 2) <> 0 AND f.type IN ('file', 'directory')"
"            AND NOT ((f.mode & 512) <> 0 AND f.type = 'directory')"
"        OR f.package_state IS NOT NULL AND f.package_state <> 'unchanged');"
"UPDATE temp.power_file SET"
"    tool = CASE WHEN path NOT REGEXP"
"            '^(/usr)?(/local)?/s?bin/[^/]+$|/ld-[^/]+$' THEN NULL"
"        WHEN name REGEXP '" SHELL_TOOLS "' THEN 'shell'"
"        WHEN name REGEXP '" WRITER_TOOLS "' THEN 'writer' END,"
"    copy = (SELECT s.path FROM temp.shell_content s WHERE s.scope ="
"        power_file.scope AND s.sha256 = power_file.sha256"
"        AND s.path <> power_file.path)"
"    WHERE type = 'file';"
"UPDATE temp.power_file SET words ="
"    printf('%s, mode %04o, of %s', CASE state WHEN 'foreign' THEN"
"        'of no package' WHEN 'changed' THEN 'not as package '"
"            || coalesce(package, '?') || ' has it'"
"        WHEN 'own' THEN coalesce('of package ' || package, 'known to be good')"
"        ELSE coalesce('of package ' || package,"
"            'no database tells of which package') END,"
"    mode, coalesce(owner, 'uid ' || uid)) ||"
"    CASE place WHEN 'temporary' THEN ', in a place for temporary files'"
"        WHEN 'hidden' THEN ', hidden' WHEN 'home' THEN ', in a home'"
"        ELSE '' END ||"
"    coalesce(', the same content as ' || copy, '');"
"CREATE INDEX temp.power_file_path ON power_file(scope, path);";

int
matchfile_prepare(struct case_db *c, struct err *e)
{
	return case_exec(c, files, e);
}
