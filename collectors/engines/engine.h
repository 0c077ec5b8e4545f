#ifndef ENGINE_H
#define ENGINE_H

/*
 * engine - container engines, read from their state on disk
 *
 * An engine reads state on disk, checked against its digests; it never asks a
 * daemon and never runs its client. It gives structures, not records: the
 * collectors turn them into records, so that every collector and scanner can
 * walk every container.
 *
 * To add an engine: one file collectors/engines/x.c that exports one const
 * struct engine engine_x; one ENGINE(x) line in engines.def; its places in
 * stores.def (until then they stand there as unsupported); one fixture
 * tests/fixtures/store-x. t-tables.sh fails until all are there.
 *
 * Containment: listing is apart from reading. each_image and each_container
 * only enumerate ids (cheap); get_image and get_container parse one item. A
 * collector calls all four inside workers, one item a time, so that a state
 * file that kills its parser costs one item.
 *
 * Ownership: the structures own their strings; engine_image_release and so
 * on free them. Errors: struct err; trouble with one part of an item goes to
 * the record writer as a note (rec may be NULL) and the rest is still given.
 * Limits: STORE_* of limits.h. Trust: state is hostile; jansson parses it
 * after a depth and size check. Fuzzed by tests/fuzz/fuzz-docker.c.
 */

#include "rec.h"
#include "root.h"

/*
 * A store that was found: where it is and who can read it. A directory that
 * two engines use (containers-storage: podman and CRI-O) is two stores: each
 * probe is asked. Parts of one engine may lie in another's (the images of
 * Docker 29 in containerd): all are in s->all, after stores_find.
 */
struct store {
	const struct engine *engine;
	struct root *root; /* the store's directory as a root of its own */
	struct str path;   /* of the store in the evidence: /var/lib/docker */
	struct str driver; /* overlay2, ...; an engine may leave it empty */
	void *cache;	   /* the engine's own, one a process; see forget */
	struct root *evidence;	   /* that the store lies in, borrowed */
	const struct stores *all;  /* borrowed */
};

struct engine_history {
	int64_t created_time; /* CIVIL_NONE: absent */
	struct str created_by, author, comment;
	bool empty;
};

struct engine_layer {
	struct str diff_id, chain_id; /* sha256:HEX */
	struct str digest;	      /* as pulled, compressed; may be empty */
	struct str dir;		      /* in the store; empty: missing */
	const struct store *home;     /* whose dir it is; NULL: the image's */
	int64_t size;		      /* -1: unknown */
};

struct engine_image {
	struct str id; /* sha256:HEX, digest of the configuration */
	struct str namespace;
	struct strlist names; /* as the engine shows them, sorted */
	struct strlist digests, former_names; /* sorted */
	struct str config_path; /* of the document, in the evidence */
	struct str config;	/* its bytes: kept as a blob */
	bool verified;
	int64_t created_time, tagged_time;
	struct str parent, architecture, os, author, comment, docker_version;
	struct strlist entrypoint, cmd, shell, healthcheck, onbuild;
	struct strlist env, labels, ports, volumes;
	struct str user, workdir;
	struct engine_history *history;
	size_t history_n;
	struct engine_layer *layers; /* lowest first */
	size_t layers_n;
};

struct engine_mount {
	struct str type, source, destination, name, driver, propagation, options;
	bool rw;
};

struct engine_container {
	struct str id, namespace, name, image_ref, image_id, state, command;
	struct strlist entrypoint, cmd, healthcheck, env, labels;
	struct str user, workdir, hostname, error;
	int64_t created_time, started_time, finished_time;
	int64_t pid, exit_code, restart_max, restart_count; /* -1: absent */
	int oom_killed, auto_remove, privileged, readonly_rootfs; /* -1: absent */
	struct str restart_policy, network_mode, pid_mode, ipc_mode, uts_mode;
	struct str userns_mode, cgroupns_mode, apparmor, runtime, driver;
	struct str log_driver, log_path, config_path;
	struct strlist cap_add, cap_drop, security_opt, devices, ports, links;
	struct strlist volumes_from;
	struct str type, created_by, pod, pod_namespace, pod_uid;
	struct str seccomp, selinux;
	struct strlist annotations, capabilities, host_namespaces;
	struct strlist networks, hooks, sysctls;
	int no_new_privs; /* -1: absent */
	struct engine_mount *mounts;
	size_t mounts_n;
};

/* What a store has besides images and containers; absent texts are empty. */
struct engine_stored { /* a layer or a snapshot: kind "layer" */
	struct str namespace, name, type, chain_id, diff_id, digest, parent;
	struct str container_id, created_by;
	struct str dir;	 /* in the store; empty: missing */
	const struct store *home; /* whose directory it is; NULL: this one's */
	int64_t created_time, used_time, size;
};
struct engine_volume {
	struct str namespace, name, driver, source;
	struct strlist options, labels;
	int64_t created_time;
};
struct engine_network {
	struct str namespace, id, name, driver;
	struct strlist subnets, options, labels;
	int internal; /* -1: absent */
	int64_t created_time;
};
struct engine_build {
	struct str namespace, ref, frontend, error;
	struct strlist attrs, steps, images;
	int64_t created_time, finished_time;
};
struct engine_node {
	struct str path, id, name, role, address;
	struct strlist peers;
};
struct engine_task {
	struct str id, service, container_id, image_ref, command, state;
	struct strlist env, mounts;
	int64_t created_time;
};
struct engine_mismatch {
	struct str what; /* config, manifest, index, document, layer, blob */
	struct str path; /* in the evidence */
	struct str expected, actual; /* sha256:HEX */
	struct str damage; /* what may explain it: kinds.def; may be empty */
	int64_t size, expected_size; /* -1: unknown */
	int64_t modified_time;
};
struct engine_lease {
	struct str namespace, id;
	struct strlist labels, resources; /* WHAT/NAME */
	int64_t created_time;
};
struct engine_pod {
	struct str source, path, uid, namespace, name, service_account;
	struct strlist containers, images, commands, capabilities, host_paths;
	struct strlist volumes;
	int privileged, host_network, host_pid, host_ipc; /* -1: absent */
	int64_t created_time;
};

/*
 * Who wants to be told of them. Each function gets a structure that is the
 * engine's and lasts for the call; NULL: not wanted.
 */
struct engine_sink {
	void (*stored)(void *arg, const struct engine_stored *l);
	void (*volume)(void *arg, const struct engine_volume *v);
	void (*network)(void *arg, const struct engine_network *n);
	void (*build)(void *arg, const struct engine_build *b);
	void (*node)(void *arg, const struct engine_node *n);
	void (*task)(void *arg, const struct engine_task *t);
	void (*pod)(void *arg, const struct engine_pod *p);
	void (*mismatch)(void *arg, const struct engine_mismatch *m);
	void (*lease)(void *arg, const struct engine_lease *l);
	void *arg;
};

/* Blank ones, for whoever fills them; release frees and blanks again. */
#define ENGINE_STRUCT(name)                                                    \
	void engine_##name##_init(struct engine_##name *x);                    \
	void engine_##name##_release(struct engine_##name *x);
ENGINE_STRUCT(stored)
ENGINE_STRUCT(volume)
ENGINE_STRUCT(network)
ENGINE_STRUCT(build)
ENGINE_STRUCT(node)
ENGINE_STRUCT(task)
ENGINE_STRUCT(pod)
ENGINE_STRUCT(mismatch)
ENGINE_STRUCT(lease)
#undef ENGINE_STRUCT

/* One remembered origin of a layer. */
struct engine_source {
	const char *diff_id, *digest, *repository;
};

/* A tree: the layers of a container or an image as one root. */
struct engine_tree {
	struct root *root;     /* layered; NULL: none of it is there */
	struct root *base;     /* the store's, borrowed: layers lie in it */
	const struct store *home; /* that store, borrowed; NULL: the one that was
				   * asked (Docker's layers may be containerd's) */
	struct strlist layers; /* directories in the store, topmost first */
	bool upper;	       /* layers[0] is the container's own */
	enum root_layering how; /* what hides, in the layers */
	/* For drivers that copy: */
	bool whole;	     /* layers[0] is a whole tree: not there is deleted */
	struct strlist below; /* what it was before, topmost first; empty: the
			       * rest of layers */
	struct str copied;   /* of below, what was copied into layers[0]; its
			      * memory may be NULL */
	/* Whole trees that the last of layers began as, each a copy of the next
	 * with changes: what was deleted or replaced since is in these alone.
	 * Those in another store are not among them. */
	struct strlist beneath;
	/* Where some of the lower ones lie in another store: all of them,
	 * topmost first, as paths of the evidence; layers has only those of the
	 * store, which each come before these. Else empty. */
	struct strlist all;
	struct root *evidence; /* borrowed; NULL: all is empty */
	struct str host; /* no layers: its root is this directory of the host,
			  * which root is if it is there */
	struct strlist missing; /* what should be there and is not; the caller
				 * notes it, unless get_* was called too */
};

struct engine {
	const char *name; /* as in scopes: docker */

	/* Is this directory a store of ours that we can read? 1 yes, 0 no, -1
	 * it is ours but this version cannot read it: e says what it is. */
	int (*probe)(struct root *dir, struct err *e);

	/* Enumerate full ids, sorted; fn returns 0 to go on. Also notes what
	 * the store holds that cannot be read. An id is what stands behind
	 * ENGINE/ in a scope (with containerd NAMESPACE/ID), and satisfies
	 * engine_is_id; the same string comes back to get_* and open_tree. */
	int (*each_image)(struct store *s, int (*fn)(void *arg, const char *id),
	    void *arg, struct rec *rec, struct err *e);
	int (*each_container)(struct store *s,
	    int (*fn)(void *arg, const char *id), void *arg, struct rec *rec,
	    struct err *e);

	int (*get_image)(struct store *s, const char *id,
	    struct engine_image *img, struct rec *rec, struct err *e);
	int (*get_container)(struct store *s, const char *id,
	    struct engine_container *c, struct rec *rec, struct err *e);

	/* The merged tree of container or image id. */
	int (*open_tree)(struct store *s, bool container, const char *id,
	    struct engine_tree *tree, struct err *e);

	/* Origins of layers that the store remembers; may be NULL. */
	int (*each_source)(struct store *s,
	    int (*fn)(void *arg, const struct engine_source *src), void *arg,
	    struct rec *rec, struct err *e);

	/* What else is in the store, in a fixed order, for the members of sink
	 * that are not NULL; may itself be NULL. */
	int (*each_other)(struct store *s, const struct engine_sink *sink,
	    struct rec *rec, struct err *e);

	/* Layers of an image that the store has packed only, as files of it,
	 * and what they are to unpack to (sha256:HEX, or ""); nothing of an
	 * image that is unpacked. May be NULL: there are none. */
	void (*each_blob)(struct store *s, const char *image,
	    void (*fn)(void *arg, const char *path, const char *diff_id),
	    void *arg);

	/* Free s->cache; may be NULL. */
	void (*forget)(struct store *s);
};

void engine_image_init(struct engine_image *img);
/* One more layer, of which nothing is known yet; it moves with the next. */
struct engine_layer *engine_image_layer(struct engine_image *img);
void engine_image_release(struct engine_image *img);
void engine_container_init(struct engine_container *c);
void engine_container_release(struct engine_container *c);
void engine_tree_release(struct engine_tree *t);
/* For engines: make root of base, layers and the rest. Nothing is done where
 * there are no layers. */
int engine_tree_root(struct engine_tree *t, struct err *e);

/* What lies beneath the first layer of a tree (of a copy: what it was), as a
 * root; and: is there nothing? */
bool engine_tree_alone(const struct engine_tree *t);
struct root *engine_tree_below(struct engine_tree *t, struct err *e);

/* A path in the store as a path of the evidence; out is replaced. */
const char *engine_path(const struct store *s, const char *path,
    struct str *out);

/* Print stores.def, for -L. */
void engine_print_stores(void);

/*
 * An archive (fd: open for reading; dir NULL), or a layout of images (dir; fd
 * -1), as a root: struct collect's "archive". It is listed, in workers: notes
 * go to rec. What holds images becomes the store of the engine "archive"
 * (host: it does not), all else the tree of the members. path is the file's
 * name outside. NULL and *e: it cannot be read as an archive.
 */
struct root *engine_archive_root(int fd, struct root *dir, const char *path,
    bool host, struct rec *rec, struct err *e);

/* Is the root that of an archive none of whose members has an extended
 * attribute? Plain tar packs none. */
bool engine_archive_plain(const struct root *r);

/* Name of the engine whose store the directory is, or NULL: collect.h. */
const char *engine_store_probe(struct root *dir);
/* Names of all engines, ended by NULL. */
extern const char *const engine_names[];

/*
 * Find every store of the evidence: the known places of stores.def, what
 * daemon.json and the service files say, data_roots; each once (by device and
 * inode). fn gets stores that can be read, and owns none of them: they are
 * freed by stores_free. What is there and cannot be read becomes a note
 * "unsupported"; a place that is not there, a note "absent". If the evidence
 * itself is a store, it is the only one; as (or NULL) names the engine that
 * reads it then, whatever its content says, and no other: what another could
 * read of it is a note of op "select".
 */
struct stores {
	struct store *v;
	size_t n;
};
int stores_find(struct root *r, bool is_store, const char *as,
    const struct strlist *data_roots, struct stores *out, struct rec *rec,
    struct err *e);
void stores_free(struct stores *s);

/*
 * The items of all stores, in the order of stores and ids: enumerated inside
 * workers, checked here. A crash costs one store and is a note.
 */
struct engine_item {
	struct store *store;
	struct str id;
};
struct engine_items {
	struct engine_item *v;
	size_t n, cap;
};
void engine_items(struct stores *s, bool containers, struct engine_items *out,
    struct rec *rec);
void engine_items_free(struct engine_items *items);

/*
 * Images that were pulled and never unpacked: list their layers, in workers,
 * so that open_tree gives them as directories. What it needs is the right to
 * files in memory (struct collect's memory). To be called once, after
 * stores_find, by whoever reads trees of images; chosen (may be NULL: all)
 * says which. A layer of several images is listed once. It adds a store, for
 * open_tree alone: it has no images; pointers into s->v stay valid.
 */
void engine_blobs_read(struct stores *s, const struct engine_items *images,
    const bool *chosen, struct rec *rec);

/* For engines: the directory of a file of s that was listed, in the root of
 * the store that is returned; NULL: it was not. */
const struct store *engine_blob_dir(const struct store *s, const char *path,
    struct str *dir);

/* 1 to 300 letters, digits and "-_.:/@+", no empty component, "." or "..". */
bool engine_is_id(const char *s, size_t n);

/* "container:docker/ID" or "image:docker/sha256:HEX", appended. namespace may
 * be NULL, or is put before the id where it does not stand there yet. */
void engine_scope(struct str *out, bool container, const char *engine,
    const char *namespace, const char *id);

/*
 * Walk what a container changed against its image, as "docker diff" does
 * (changes.c says by which rules), in the order of paths, a directory before
 * what is in it. arg is that of fn and of bad.
 */
struct engine_change {
	const char *path;
	char op; /* A, C, D */
	const struct stat *st; /* of the new object; of the old one if D */
	struct root_file *file; /* NULL if D; may be opened for reading */
	struct root *root;	/* that file was found in */
};
int engine_changes(struct engine_tree *t,
    int (*fn)(void *arg, const struct engine_change *ch), void *arg,
    root_bad_fn *bad, struct err *e);

#endif
