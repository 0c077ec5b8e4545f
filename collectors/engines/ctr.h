#ifndef CTR_H
#define CTR_H

/*
 * ctr - the parts that containerd's store is read by; for containerd*.c only
 *
 *   containerd.c            the engine: what is a store, lists of ids, trees
 *   containerd-meta.c       its databases, and how values are written in them
 *   containerd-images.c     names to indexes, manifests and configurations
 *   containerd-snapshots.c  where each snapshotter keeps its snapshots
 *   containerd-container.c  one container
 *   containerd-cri.c        the same: what the kubelet's interface keeps
 *   containerd-nerdctl.c    the same: what nerdctl keeps
 *   containerd-other.c      snapshots, downloads and pods as such
 *   containerd-conf.c       config.toml
 *
 * Everything has a namespace: ids are NAMESPACE/ID, also of images, which are
 * known by the digest of their configuration. An image whose configuration is
 * not there is known by that of its manifest or index.
 *
 * Sources: containerd core/metadata/buckets.go, core/metadata/boltutil,
 * core/snapshots/storage/bolt.go, core/content, internal/cri/store,
 * core/runtime/v2, docs/ops.md; nerdctl pkg/labels, docs/dir.md; OCI image-spec.
 */

#include "bolt.h"
#include "containerd.h"
#include "engine.h"
#include "state.h"

#define CTR_META "/io.containerd.metadata.v1.bolt/meta.db"
#define CTR_CONTENT "/io.containerd.content.v1.content"
#define CTR_CRI "/io.containerd.grpc.v1.cri"

enum ctr_form {
	CTR_LAYERS, /* DIR/snapshots/ID/fs, each over those below */
	CTR_WHOLE,  /* DIR/snapshots/ID, each a whole tree */
	CTR_BTRFS,  /* the same: DIR/active, DIR/view, DIR/snapshots */
	CTR_NONE    /* not as plain directories */
};
struct ctr_snapshotter {
	struct str name; /* overlayfs */
	struct str dir;	 /* in the store */
	enum ctr_form form;
	struct bolt *db; /* NULL: cannot be read */
};

/* One name of one image (of one platform). */
struct ctr_ref {
	struct str namespace, id, name;
	struct str target, manifest; /* digests; the same where no index is */
	bool image;  /* else: an artifact, or its documents are not there */
	bool there;  /* its manifest is */
	int64_t created_time, updated_time;
};

/* What is read of a store once a process: s->cache. */
struct ctr {
	struct bolt *meta; /* NULL: not there, or cannot be read */
	struct strlist faults; /* of all databases: "PATH\0TEXT" */
	struct { enum err_class class; } *classes; /* one for each */
	bool told;
	struct strlist namespaces;
	struct ctr_snapshotter *sn;
	size_t sn_n;
	struct ctr_ref *refs; /* sorted by namespace, id, name */
	size_t refs_n, refs_cap;
	bool refs_read;
	struct str state_dir; /* in the evidence; empty: none */
};

/* Notes about what the databases lack go to the first asker. */
struct ctr *ctr_cache(struct store *s, struct rec *rec);
void ctr_forget(struct store *s);

/* v1/NAMESPACE/WHAT[/KEY] of meta.db; key may be NULL. */
bool ctr_bucket(struct ctr *c, const char *namespace, const char *what,
    const char *key, struct bolt_bucket *out);
bool ctr_sub(struct bolt *b, const struct bolt_bucket *in, const char *key,
    struct bolt_bucket *out);
/* Values: a text (set in out); a time (CIVIL_NONE: absent); a varint; a bucket
 * of texts as k=v, sorted. */
bool ctr_text(struct bolt *b, const struct bolt_bucket *in, const char *key,
    struct str *out);
int64_t ctr_time(struct bolt *b, const struct bolt_bucket *in,
    const char *key);
bool ctr_number(struct bolt *b, const struct bolt_bucket *in, const char *key,
    bool zigzag, int64_t *out);
void ctr_pairs(struct bolt *b, const struct bolt_bucket *in, const char *key,
    struct strlist *out);
/* A protobuf Any: its value points into p. */
bool ctr_any(const char *p, size_t n, struct str *type, const char **value,
    size_t *value_n);
/* Field of a protobuf message that is bytes; false: it has none. */
bool ctr_field(const char *p, size_t n, unsigned field, const char **value,
    size_t *value_n);

/* "KEY=VALUE" of a list: the value, or NULL. */
const char *ctr_label(const struct strlist *labels, const char *key);

/* NAMESPACE/ID in two; false: it is no such thing. */
bool ctr_split(const char *id, struct str *namespace, struct str *rest);

/* ---- images -------------------------------------------------------------- */

void ctr_refs(struct store *s, struct rec *rec);
/* First ref with that id, up to end; NULL: none. */
const struct ctr_ref *ctr_find(struct ctr *c, const char *namespace,
    const char *id, const struct ctr_ref **end);
int ctr_get_image(struct store *s, const char *id, struct engine_image *img,
    struct rec *rec, struct err *e);
/* The bytes of a blob, not above max; a document of them. */
int ctr_blob(struct store *s, const char *digest, size_t max, struct str *out,
    struct err *e);
void ctr_blob_path(const char *digest, struct str *out);

/* ---- snapshots ----------------------------------------------------------- */

struct ctr_snapshot {
	struct str name, parent; /* as the snapshotter knows them */
	uint64_t id;
	int kind; /* 1 view, 2 active, 3 committed */
	int64_t created_time, size;
};
void ctr_snapshot_init(struct ctr_snapshot *x);
void ctr_snapshot_release(struct ctr_snapshot *x);

struct ctr_snapshotter *ctr_snapshotter(struct ctr *c, const char *name);
/* By its own name for it; and by a key of a namespace. */
bool ctr_snapshot(const struct ctr_snapshotter *sn, const char *name,
    struct ctr_snapshot *out);
bool ctr_snapshot_by_key(struct ctr *c, const char *namespace,
    const struct ctr_snapshotter *sn, const char *key,
    struct ctr_snapshot *out);
/* Its directory in the store; false: it is not there. */
bool ctr_snapshot_dir(struct store *s, const struct ctr_snapshotter *sn,
    const struct ctr_snapshot *x, struct str *out);
/* The snapshotter of that namespace that has the chain: the first whose files
 * are there; dir is set. */
bool ctr_layer_dir(struct store *s, const char *namespace, const char *chain,
    struct str *dir);

/* ---- containers ---------------------------------------------------------- */

int ctr_get_container(struct store *s, const char *id,
    struct engine_container *c, struct rec *rec, struct err *e);
/* Its specification (JSON), from the database or the bundle; false: none. */
bool ctr_spec(struct store *s, const char *namespace, const char *id,
    struct state *d, struct str *path, struct err *e);
/* What the kubelet's interface keeps of it: the member Metadata of its JSON;
 * sandbox says which it is. NULL: nothing. */
const json_t *ctr_cri(struct ctr *c, const char *namespace, const char *id,
    struct state *d, bool *sandbox);
void ctr_cri_container(struct store *s, struct engine_container *c,
    struct rec *rec);
void ctr_nerdctl_container(struct store *s, struct engine_container *c,
    struct rec *rec);
/* Containers that only the state directory knows are given as well. */
void ctr_tasks(struct store *s, struct strlist *ids);

int ctr_each_other(struct store *s, const struct engine_sink *sink,
    struct rec *rec, struct err *e);

#endif
