#ifndef KUBE_H
#define KUBE_H

/*
 * kube - the parts that a Kubernetes node is read by; for kube*.c and
 * kubernetes.c only
 *
 *   kubernetes.c  the engine: its places, the node itself
 *   kube-pod.c    a manifest
 *   kube-dirs.c   the kubelet's directories and the pods' logs
 *
 * A node is not one directory: paths here are those of the evidence.
 */

#include "engine.h"
#include "state.h"

struct kube {
	struct store *s;
	struct root *r; /* the evidence */
	const struct engine_sink *sink;
	struct rec *rec;
	struct strlist manifests; /* files and directories of static pods */
	struct strlist roots;	  /* the kubelet's directories */
	struct strlist seen;	  /* files that were read */
	size_t pods;
};

void kube_note_err(struct kube *k, const char *path, const struct err *e);

/* All that is told of a pod, once STORE_PODS_MAX is not passed. */
void kube_give(struct kube *k, const struct engine_pod *p);

/* One file of manifests, YAML or JSON. */
void kube_manifest(struct kube *k, const char *path, struct root_file *f);
/* The pods that one document says of (fuzz). */
void kube_document(struct kube *k, const char *path, struct state *d);

/* What the kubelet keeps below its directories, and the logs. */
void kube_dirs(struct kube *k);

#endif
