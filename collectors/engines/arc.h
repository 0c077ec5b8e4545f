#ifndef ARC_H
#define ARC_H

/*
 * arc - archives as evidence: what their files share; not for others
 *
 *   archive-source.c  bytes: of the file, of a part of it, unpacked
 *   archive-index.c   in a worker: what members there are (libarchive)
 *   archive-tree.c    in the parent: members checked, and made a tree
 *   archive-image.c   the documents of images: OCI, docker save, v1
 *   archive.c         the engine, and what collect.h calls
 *   archive-blobs.c   layers that a store has only packed, as one more tree
 *
 * An archive is listed once, in workers, before anything else; what they say
 * becomes a tree in memory (root-mem.h). If it holds images, each of their
 * layers is listed as well and becomes a directory /layers/N of a second
 * tree, which is the store. The bytes of a file are read when somebody wants
 * them: directly where archive and layer are not packed; else from the cache,
 * memory that listing filled (ARCHIVE_CACHE_MAX); else by unpacking from the
 * last place on, or from the start. Nothing is written to a file system.
 *
 * Layers that are files of stores (containerd's content, of images that were
 * never unpacked) are listed in the same way: "loose" ones, which no layout
 * names and whose paths are those of the evidence.
 *
 * Sources: POSIX pax(1); libarchive-formats(5); image-spec layer.md (layers,
 * whiteouts), image-layout.md; moby image/spec/v1.md, v1.1.md, v1.2.md,
 * image/tarexport; moby pkg/archive/diff.go (what applying a layer does).
 */

#include "engine.h"
#include "root-mem.h"
#include "worker.h"

#include <stdatomic.h>

/* ---- sources ----------------------------------------------------------- */

/*
 * Bytes that can be read from any place. Numbers, so that a worker and the
 * parent mean the same. 0 is the file itself, 1 the cache.
 */
enum { SOURCE_FILE, SOURCE_CACHE };

enum source_kind {
	SOURCE_FD,     /* a descriptor */
	SOURCE_RANGE,  /* at..at+size of another source */
	SOURCE_UNPACK, /* another source, unpacked; its size is not known */
	SOURCE_BLOB,   /* a file of a layout that is a directory */
};

struct unpacker;

struct source {
	enum source_kind kind;
	uint32_t of;
	uint64_t at, size;
	int fd; /* of this process */
	struct str path;
	struct unpacker *unpacker; /* of this process */
};

/* What one layer is, and what listing it told. */
struct arc_layer {
	struct str member; /* its path among the members */
	uint32_t source;   /* its bytes; +1: unpacked */
	uint64_t size;	   /* as they are */
	bool listed;
	char packed[65], unpacked[65]; /* digests; empty: not known */
	char want[65]; /* what a loose one is to unpack to; empty: unknown */
};

struct arc {
	struct root_mem *members; /* NULL: a layout that is a directory */
	struct root *root;	  /* of the members */
	struct root *dir;	  /* that directory; borrowed */
	bool loose;		  /* it is the evidence, layers lie anywhere */
	struct root_mem *tree;	  /* of the layers; NULL: no images */
	struct str path;	  /* of the file, for names */
	struct source *sources;
	size_t sources_n;
	struct arc_layer *layers;
	size_t layers_n;
	int cache; /* descriptor; -1: none */
	uint64_t cache_max;
	_Atomic uint64_t *cache_used; /* shared by all processes */
	uint64_t unpacked;	      /* by this process, to read */
	/* the listing at hand, in the parent */
	struct rec *rec;
	size_t notes;
	uint32_t plain; /* source of its members; +1: unpacked */
	bool packed;
	const char *below; /* directory of the tree it goes to */
	struct root_mem *into;
	struct arc_layer *layer; /* NULL: the archive itself */
	uint64_t members_n, xattrs_n;
	struct str format; /* what it is */
	bool failed;
	/* fuzzing: workers' work is done here, and given to this */
	bool here;
	size_t item;
	void (*take)(void *arg, size_t i, const void *p, size_t n);
};

/* fd or dir, as engine_archive_root; the arc is never freed but by tests. */
struct arc *arc_new(int fd, struct root *dir, const char *path,
    struct rec *rec);
struct root *arc_begin(struct arc *a, bool host, struct err *e);
void arc_free(struct arc *a);

/* The layers: names tells of them in workers, and its take gives each path to
 * arc_layer_named. They are listed, and become the tree. */
void arc_layers(struct arc *a, struct worker_map *names);
/* want: 64 digits that it is to unpack to, or NULL. */
void arc_layer_named(struct arc *a, const char *path, size_t n,
    const char *want);
struct root *arc_tree(struct arc *a); /* of the layers */
struct arc *arc_of(const struct store *s); /* whose tree the store's root is */
/* The directory in the tree of a layer's path, in out; false: it is none. */
bool arc_layer_dir(struct arc *a, const char *path, struct str *out);

/* In a worker: for the parent. */
void arc_give(struct arc *a, const void *p, size_t n);

uint32_t arc_source(struct arc *a, enum source_kind kind, uint32_t of,
    uint64_t at, uint64_t size);
/* Read up to n bytes at a place; 0 at the end; -1 and *e. */
ssize_t arc_read(struct arc *a, uint32_t source, uint64_t at, void *p,
    size_t n, struct err *e);
/* Forget where unpacking is, of all sources. */
void arc_forget(struct arc *a);
uint64_t arc_size(struct arc *a, uint32_t source); /* UINT64_MAX: unknown */
/* Room in the cache: where, or UINT64_MAX. */
uint64_t arc_cache_room(struct arc *a, uint64_t n);
int arc_cache_write(struct arc *a, uint64_t at, const void *p, size_t n);
/* A descriptor of memory with these bytes, sealed. */
int arc_open(struct arc *a, const struct root_mem_where *w, const char *path,
    struct err *e);

/* ---- listing ----------------------------------------------------------- */

enum member_type {
	MEMBER_HEAD = 1,  /* of the archive: packed? its format's name */
	MEMBER_FILE,	  /* any object, a hard link has mode 0 */
	MEMBER_WHITEOUT,
	MEMBER_OPAQUE,
	MEMBER_END,	  /* all were read; digests */
};

/* Where bytes are: in the source as it is, unpacked, in the cache. */
enum member_place { PLACE_PLAIN, PLACE_UNPACKED, PLACE_CACHE };

/* As a worker gives it; path, target and attributes follow, the first two
 * with a NUL. */
struct member {
	uint32_t size; /* of all of it */
	uint8_t type, place, packed, has_changed;
	uint32_t mode, uid, gid;
	uint64_t rdev;
	int64_t modified, changed;
	uint32_t modified_ns, changed_ns;
	uint64_t at, bytes;
	uint32_t path_n, target_n, xattrs_n;
	char digest_packed[65], digest_unpacked[65];
};

/* In a worker: list what source holds; layer: with whiteouts and digests. name
 * is for notes. Gives members. */
void arc_index(struct arc *a, uint32_t source, bool layer, const char *name,
    struct rec *r);

/* In the parent: what was given, n bytes. */
void arc_take(struct arc *a, const void *p, size_t n);

/* A note about the archive; at most ARCHIVE_NOTES_MAX of them. */
void arc_note(struct arc *a, const char *path, const struct err *e);

/* ---- images ------------------------------------------------------------ */

struct arc_image {
	struct str id;	   /* sha256:HEX */
	struct str config; /* path of the document; empty: v1, schema 1 */
	struct str schema1; /* path of a manifest that stands for it */
	struct strlist names;
	struct strlist layers;	/* members, lowest first */
	struct strlist digests; /* of these as the manifest says; may be "" */
	struct strlist v1;	/* directories, lowest first */
};
struct arc_images {
	struct arc_image *v;
	size_t n;
};

/* Does it hold images? By what lies at its top. */
bool arc_has_images(struct root *members);
/* All of its images; s is for the paths of notes, rec may be NULL. */
void arc_images(struct arc *a, struct store *s, struct arc_images *out,
    struct rec *rec);
void arc_images_free(struct arc_images *l);
/* The document of a v1 image as one of today, replaced in out. */
void arc_v1_config(struct arc *a, struct store *s, const struct arc_image *im,
    struct str *out, struct rec *rec);

/* Path of a member for notes: FILE!MEMBER; replaced in out. */
const char *arc_name(const struct arc *a, const char *member, struct str *out);

#endif
