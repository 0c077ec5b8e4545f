/*
 * deaf-archive - list archives with libarchive, linked as our programs are
 *
 * usage: deaf-archive FILE...   one line a member: its time and its name
 *
 * What salvor itself will do with archives, ahead of it: formats and filters
 * named one by one, names as bytes. t-laws.sh runs it among the traps of
 * deaf/plant.sh, and with it the same source linked without our linker flags,
 * which loads the planted gconv module while it reads a pax header, and the
 * planted zone while it reads a zip.
 */
#include <archive.h>
#include <archive_entry.h>

static int
list(const char *path)
{
	struct archive *a = archive_read_new();
	struct archive_entry *ent;
	const char *name;
	int k;

	archive_read_support_format_ar(a);
	archive_read_support_format_cpio(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_zip(a);
	archive_read_support_format_raw(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_lz4(a);
	archive_read_support_filter_rpm(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	k = archive_read_open_filename(a, path, 65536);
	while (k == ARCHIVE_OK || k == ARCHIVE_WARN) {
		k = archive_read_next_header(a, &ent);
		if (k != ARCHIVE_OK && k != ARCHIVE_WARN)
			break;
		name = archive_entry_pathname(ent);
		if (!name)
			name = archive_entry_pathname_utf8(ent);
		printf("%lld %s\n", (long long)archive_entry_mtime(ent),
		    name ? name : "?");
	}
	if (k != ARCHIVE_EOF)
		fprintf(stderr, "deaf-archive: '%s': %s\n", path,
		    archive_error_string(a));
	archive_read_free(a);
	return k != ARCHIVE_EOF;
}

int
main(int argc, char **argv)
{
	int i, bad = 0;

	for (i = 1; i < argc; i++)
		bad |= list(argv[i]);
	return bad;
}
