#ifndef TARLIST_H
#define TARLIST_H

/*
 * tarlist - the list of what was unpacked into a layer: tar-split
 *
 * What it alone knows: lines of JSON, gzipped; type 1: a file (name or name_raw,
 * size, payload: CRC-64 of ISO 3309, big endian), type 2: the bytes of the
 * archive between the contents of two files: padding, then one or more headers.
 * The last of these describes the file; those before it hold what is too long
 * for it (tar(5): PAX records of type x; GNU types L and K).
 *
 * Sources:  github.com/vbatts/tar-split, tar/storage and tar/asm; moby
 *           layer/migration.go, containers/storage layers.go; tar(5) of
 *           libarchive; pax in POSIX.1-2017.
 * Calling:  tarlist_read, tarlist_find..., tarlist_release.
 * Memory:   40 bytes of an entry, its last component, and its directory, which
 *           entries share. Limits: TARSPLIT_LINE, _BYTES, _FILES, _NAMES.
 * Trust:    hostile. Names are clean: they begin with '/', have no "." and "..",
 *           and what an engine would not unpack is left out. Targets of links
 *           are as they stand there. Fuzzed by tests/fuzz/fuzz-tarsplit.c.
 */

#include "root.h"

struct tar_entry {
	int64_t size; /* of a device: major << 32 | minor */
	uint64_t crc;
	uint32_t dir, base; /* in text */
	uint32_t uid, gid;
	uint32_t at;   /* in the archive: the last one of a name counts */
	uint16_t mode; /* 07777 */
	char type;     /* of tar(5), '7' is '0'; 'w': a whiteout; '?': not known */
	uint8_t flags;
};
enum {
	TAR_SEEN = 1,  /* the caller's */
	TAR_OWNED = 2, /* uid, gid and mode are known */
	TAR_TEXT = 4,  /* behind base: target of a link, capabilities */
};

struct tar_list {
	struct tar_entry *v; /* by directory, then last component */
	size_t n, cap;
	struct str text;
	struct tar_entry top; /* "./"; of type 0: it is not there */
	/* while it is read */
	enum root_layering how;
	bool whole;
	struct str between;
	uint32_t dirs[256];
};
#define TAR_LIST_INIT {.text = STR_INIT, .between = STR_INIT}

/*
 * f is open for reading. how: what a name .wh.NAME is (of AUFS a file, of all
 * others the whiteout of NAME); whole: whiteouts left nothing behind. On -1 the
 * entries that could be read are there, though not what follows.
 */
int tarlist_read(struct tar_list *l, struct root_file *f,
    enum root_layering how, bool whole, struct err *e);
void tarlist_release(struct tar_list *l);

/* path: "/etc/passwd". NULL: it is not there. */
struct tar_entry *tarlist_find(struct tar_list *l, const char *path);
/* Has it something below the path? */
bool tarlist_below(struct tar_list *l, const char *path);
/* All below the path, and the path itself, are TAR_SEEN. */
void tarlist_saw(struct tar_list *l, const char *path);

/* Path of an entry, set in out. */
const char *tarlist_path(const struct tar_list *l, const struct tar_entry *e,
    struct str *out);
/* Target of a link; capabilities of a file as filecaps.h; "": none. */
const char *tarlist_text(const struct tar_list *l, const struct tar_entry *e);

/* What a hard link is a link to, anything else as it is; NULL: not known. */
struct tar_entry *tarlist_resolve(struct tar_list *l, struct tar_entry *e);

#endif
