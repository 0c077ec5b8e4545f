#ifndef SPEC_H
#define SPEC_H

/*
 * spec - the OCI runtime specification of a container (config.json)
 *
 * containerd keeps it in its database, podman and CRI-O in a file, live shims
 * in their bundle: one reader for all. Format: opencontainers/runtime-spec
 * config.md, config-linux.md.
 *
 * Fills of the container what is still empty or absent: command, cmd (args),
 * env, user, workdir, hostname, mounts, annotations, capabilities (bounding
 * set), seccomp, apparmor, selinux, no_new_privs, host_namespaces, devices,
 * readonly_rootfs, hooks, sysctls; and privileged, which the specification has
 * no word for: it is true where every capability that takes the host (CAP_MKNOD,
 * CAP_SYS_ADMIN, CAP_SYS_MODULE ...), no seccomp profile, no masked paths and
 * write access to all devices come together, as the engines' own --privileged
 * does it.
 * A namespace is the host's if it is not in the list, or if its path is that of
 * the host's (/proc/1/ns/...); one with another path is somebody else's.
 * Mounts: bind mounts of the host are kept, and tmpfs of the user; those that
 * every container has (proc, sysfs, cgroup, /dev and below, mqueue, the
 * engine's own hosts, resolv.conf, hostname ...) are not: own says which
 * sources are the engine's own (may be NULL).
 * Errors:   values of a wrong type are counted in d->wrong.
 * Trust:    hostile, like all of state.h.
 */

#include "engine.h"
#include "state.h"

typedef bool spec_own_fn(void *arg, const char *source,
    const char *destination);
void spec_container(struct state *d, const json_t *spec,
    struct engine_container *c, spec_own_fn *own, void *arg);

#endif
