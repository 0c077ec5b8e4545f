/*
 * fuzz-pods - manifests of pods, the kubelet's own configuration
 *
 * The input is a file of manifests in YAML, read as the engine reads it: by
 * libyaml, as JSON, as pods.
 */

#include "err.h"
#include "kube.h"
#include "yamldoc.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
on_pod(void *arg, const struct engine_pod *p)
{
	size_t *count = arg;

	*count += p->containers.n;
	/* one of each for a container */
	if (p->images.n != p->containers.n || p->commands.n != p->containers.n)
		abort();
}

static int
document(void *arg, struct state *d)
{
	kube_document(arg, "/x", d);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t count = 0;
	struct engine_sink sink = {.pod = on_pod, .arg = &count};
	struct kube k = {.sink = &sink};
	struct err e;

	yaml_each((const char *)p, n, document, &k, &e);
	return 0;
}
