#ifndef CGROUP_H
#define CGROUP_H

/*
 * cgroup - which container a control group belongs to
 *
 * Engines put the container's id into the path of its control group, each in
 * its own way; this module alone knows the ways. It takes the text of
 * /proc/PID/cgroup: lines "HIERARCHY:CONTROLLERS:PATH", one on the unified
 * hierarchy (v2), one a controller before that (v1), both on hybrid systems.
 *
 * Result:   the outermost container of the first line that names one, the
 *           unified hierarchy first, then systemd's own, then the others in
 *           their order (a process can have been moved in one of them). The
 *           outermost, because it is what the host's engine knows and what a
 *           container with a writable hierarchy cannot invent: everything
 *           below its own group is its own claim.
 *           Monitors (conmon) live beside the container, not in it: their
 *           groups are not a container.
 * Memory:   no allocation; a result points into the text.
 * Trust:    who can write to the control group file system chooses names, so
 *           a path is a claim. Callers check it against the mount namespace.
 *           Fuzzed by tests/fuzz/fuzz-stat.c.
 */

struct cgroup_container {
	const char *engine; /* static: docker, containerd, podman, crio */
	const char *ns;	    /* containerd namespace, ns_n bytes; or NULL */
	size_t ns_n;
	const char *id; /* id_n bytes: safe for scopes */
	size_t id_n;
};

/* 1: *c is filled; 0: no container. */
int cgroup_container(const char *text, size_t n, struct cgroup_container *c);

/* The same for one path. */
int cgroup_path(const char *path, size_t n, struct cgroup_container *c);

/* The path that describes the process best: of the line that names a
 * container, else of the unified hierarchy, else of systemd's, else of the
 * first that is not "/". Points into the text; NULL if there is none. */
const char *cgroup_best(const char *text, size_t n, size_t *len);

#endif
