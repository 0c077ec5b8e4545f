#ifndef SELECT_H
#define SELECT_H

/*
 * select - what of the evidence is asked for: --host, --containers, --images
 *
 * The only place that knows the options, and what chooses an image or a
 * container: an id (whole, or a beginning of at least SELECT_PREFIX_MIN
 * hexadecimal digits that only one has), a name, a scope or the end of one.
 * Without an option a program reads what it always reads; with one or several,
 * what they name and nothing else.
 *
 * Calling:  options from SELECT_HOST, SELECT_CONTAINERS, SELECT_IMAGES in the
 *           program's table; select_begin once the stream is open;
 *           select_items instead of engine_items.
 * Errors:   what cannot be made out ends the program (usage, exit 2): an
 *           argument that is none, a beginning that several ids have. What is
 *           not there is a message and a note ("absent", and lost: it
 *           was asked for; "denied" if names could not be read).
 * Verdict:  a run that read a part only says so in a note of op "select",
 *           which policy.sql counts as a loss: no keep rests on such a run.
 * Trust:    names are read from state in workers, and compared only.
 */

#include "cli.h"
#include "engine.h"

struct select {
	bool host;
	struct strlist containers, images; /* empty text: all of them */
};

#define SELECT_HOST(s)                                                         \
	{0, "host", CLI_FLAG, &(s)->host, NULL, "only what is asked for: the host"}
#define SELECT_CONTAINERS(s)                                                   \
	{0, "containers", CLI_SOME, &(s)->containers, "ID|NAME",               \
	    "only what is asked for: all containers, or these"}
#define SELECT_IMAGES(s)                                                       \
	{0, "images", CLI_SOME, &(s)->images, "ID|NAME",                       \
	    "only what is asked for: all images, or these"}

/* Check the arguments, and note it if only a part is asked for. has_host: the
 * evidence has a host; --host ends the program where it has none. */
void select_begin(const struct select *s, bool has_host, struct rec *rec);

/* Was an option given? */
bool select_any(const struct select *s);
bool select_host(const struct select *s);

/*
 * The images or containers that are asked for, in the order of stores and ids;
 * otherwise: those that a program reads without options (all, or none).
 * chosen (may be NULL): all items are returned, and this says of each whether
 * it is asked for; the caller's, free.
 */
void select_items(const struct select *s, struct stores *stores,
    bool containers, bool otherwise, struct engine_items *out, bool **chosen,
    struct rec *rec);

void select_release(struct select *s);

#endif
