#ifndef PODMAN_H
#define PODMAN_H

/*
 * podman - its pods, volumes and networks; for podman.c and podman-other.c
 */

#include "cstorage.h"
#include "libpod.h"

struct podman {
	struct cstore cs;
	struct libpod lp;
};

/* Read once a process; rec: who is told then, NULL: nobody. */
struct podman *podman_cache(struct store *s, struct rec *rec);
int podman_get_container(struct store *s, const char *id,
    struct engine_container *c, struct rec *rec, struct err *e);
int podman_each_other(struct store *s, const struct engine_sink *sink,
    struct rec *rec, struct err *e);

/* Networks that lie in files: those that belong to this store. cni: also those
 * that podman and CRI-O have in common with other engines. */
void podman_networks(struct store *s, const struct engine_sink *sink,
    struct rec *rec, bool netavark, bool cni);

/* Pods of their containers: infra containers first, then as they were made. */
int podman_by_created(const void *a, const void *b);
void podman_pod_add(struct engine_pod *pod, const struct engine_container *c);

#endif
