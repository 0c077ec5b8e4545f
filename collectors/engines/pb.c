#include "pb.h"

#include "civil.h"

static bool
varint(struct pb *m, uint64_t *v)
{
	unsigned shift;

	*v = 0;
	for (shift = 0; shift < 64 && m->n; shift += 7) {
		unsigned char c = *m->p++;

		m->n--;
		*v |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80))
			return true;
	}
	m->bad = true;
	return false;
}

bool
pb_next(struct pb *m, struct pb_field *f)
{
	uint64_t key, size = 0;
	size_t i;

	memset(f, 0, sizeof(*f));
	if (m->bad || !m->n || !varint(m, &key))
		return false;
	f->no = key >> 3;
	switch (key & 7) {
	case 0:
		return varint(m, &f->number);
	case 1:
		size = 8;
		break;
	case 2:
		if (!varint(m, &size))
			return false;
		f->type = PB_BYTES;
		break;
	case 5:
		size = 4;
		break;
	default:
		m->bad = true;
		return false;
	}
	if (size > m->n) {
		m->bad = true;
		return false;
	}
	if (f->type == PB_BYTES) {
		f->p = (const char *)m->p;
		f->n = size;
	} else {
		for (i = 0; i < size; i++)
			f->number |= (uint64_t)m->p[i] << 8 * i;
	}
	m->p += size;
	m->n -= size;
	return true;
}

struct pb
pb_in(const struct pb_field *f)
{
	struct pb m = {(const unsigned char *)f->p, f->n, false};

	return m;
}

bool
pb_text(const struct pb_field *f, struct str *out)
{
	if (f->type != PB_BYTES)
		return false;
	str_set(out, f->p, f->n);
	return true;
}

int64_t
pb_time(const struct pb_field *f)
{
	struct pb m = pb_in(f);
	struct pb_field x;
	int64_t sec = 0, ns = 0;

	while (pb_next(&m, &x)) {
		if (x.no == 1 && x.type == PB_NUMBER)
			sec = (int64_t)x.number;
		else if (x.no == 2 && x.type == PB_NUMBER)
			ns = (int64_t)x.number;
	}
	if (m.bad || sec <= 0 || sec > INT64_MAX / 1000000000 - 1 || ns < 0 ||
	    ns > 999999999)
		return CIVIL_NONE;
	return civil_ns(sec, ns);
}

void
pb_pair(const struct pb_field *f, struct strlist *out)
{
	struct str k cleanup_str = STR_INIT, v cleanup_str = STR_INIT;
	struct pb m = pb_in(f);
	struct pb_field x;

	while (pb_next(&m, &x)) {
		if (x.no == 1)
			pb_text(&x, &k);
		else if (x.no == 2)
			pb_text(&x, &v);
	}
	str_addc(&k, '=');
	str_add(&k, v.s, v.n);
	strlist_add(out, k.s, k.n);
}
