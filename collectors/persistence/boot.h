#ifndef BOOT_H
#define BOOT_H

/*
 * boot - what the mechanisms of boot, devices and network have in common
 *
 * Which init starts this root, which of several folders of one mechanism has
 * the file of a name that counts, which of several programs is there.
 *
 * Ownership: what is borrowed from a struct boot lives as long as the tree.
 * Trust:     hostile. f->root may be NULL (fuzz targets): nothing is there.
 */

#include "art.h"
#include "tree.h"

enum init_kind {
	INIT_NONE, /* there is no /sbin/init: most containers */
	INIT_SYSTEMD,
	INIT_SYSV,
	INIT_BUSYBOX,
	INIT_UPSTART,
	INIT_OPENRC, /* openrc-init */
	INIT_RUNIT,
	INIT_S6,
};

/* What /sbin/init is. */
enum init_kind boot_init(const struct art_file *f);
const char *boot_init_name(enum init_kind k);
/* OpenRC runs the services (started by whatever init). */
bool boot_openrc(const struct art_file *f);

/* Is there anything at this path, links followed? */
bool boot_there(const struct art_file *f, const char *path);
/* The first of these paths, one blank between two, where a file is, appended
 * to out; false: of none. */
bool boot_first(const struct art_file *f, const char *paths, struct str *out);

/*
 * Several folders of one mechanism, in order: a name of the first hides the
 * same name of the others. folders: one blank between two, ~ for none. A
 * folder of f that is not among them comes before all.
 */
struct shadow {
	struct str by;	/* hides this file; empty: nothing does */
	struct str over; /* is hidden by this file */
	bool masks;	/* by is empty, or a link to /dev/null */
};
#define SHADOW_INIT {STR_INIT, STR_INIT, false}
void shadow_find(const struct art_file *f, const char *folders,
    struct shadow *s);
void shadow_release(struct shadow *s);
/* "masked by X" or "X is read in its place", appended; nothing if by is "". */
void shadow_defect(const struct shadow *s, struct str *out);

/* Last component, and length of what is before its slash. */
const char *boot_base(const char *path);
size_t boot_dir(const char *path);

/* Does it end so, and is there something before? */
bool boot_ends(const char *s, const char *tail);

/* Does the path match? In the pattern * is any bytes but a slash. */
bool boot_like(const char *pattern, const char *path, size_t n);

/* Is f a file of the running kernel (procfs, sysfs, binfmt_misc), and not one
 * that lies where they would be mounted? */
bool boot_is_kernel(const struct art_file *f);

/* The file of the kernel module of that name, by the modules.dep of each
 * kernel: the first, appended. false: of none. */
bool boot_module(const struct art_file *f, const char *name, size_t n,
    struct str *out);

/*
 * Kernel settings of all files that count, in the order of their reading: the
 * place of the last line that sets key (slashes between its parts), or NULL.
 */
const char *boot_sysctl_last(const struct art_file *f, const char *key,
    int64_t *line);
/* A sysctl key with slashes, as systemd-sysctl and sysctl(8) read it. */
void boot_sysctl_key(const char *p, size_t n, struct str *out);

/*
 * SysV and OpenRC: the links that start the script of that name, one blank
 * between two, appended. path: real path of the script.
 */
void boot_rc_links(const struct art_file *f, const char *path,
    struct str *out);
void boot_runlevels(const struct art_file *f, const char *path,
    struct str *out);

/* Of struct art_tree. */
void boot_free(struct boot *b);

#endif
