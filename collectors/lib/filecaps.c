#include "filecaps.h"

#include <linux/capability.h>

/* By number; the kernel's, of Linux 6. */
static const char *const names[] = {
	"cap_chown", "cap_dac_override", "cap_dac_read_search", "cap_fowner",
	"cap_fsetid", "cap_kill", "cap_setgid", "cap_setuid", "cap_setpcap",
	"cap_linux_immutable", "cap_net_bind_service", "cap_net_broadcast",
	"cap_net_admin", "cap_net_raw", "cap_ipc_lock", "cap_ipc_owner",
	"cap_sys_module", "cap_sys_rawio", "cap_sys_chroot", "cap_sys_ptrace",
	"cap_sys_pacct", "cap_sys_admin", "cap_sys_boot", "cap_sys_nice",
	"cap_sys_resource", "cap_sys_time", "cap_sys_tty_config", "cap_mknod",
	"cap_lease", "cap_audit_write", "cap_audit_control", "cap_setfcap",
	"cap_mac_override", "cap_mac_admin", "cap_syslog", "cap_wake_alarm",
	"cap_block_suspend", "cap_audit_read", "cap_perfmon", "cap_bpf",
	"cap_checkpoint_restore",
};

#define ALL ((UINT64_C(1) << COUNT(names)) - 1)

static uint32_t
le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

/* The capabilities of set, then what they are: a clause of cap_to_text(3). */
static void
clause(struct str *out, size_t from, uint64_t set, const char *flags)
{
	const char *sep = out->n > from ? " " : "";
	unsigned i;

	if (!set)
		return;
	if ((set & ALL) == ALL) {
		str_addf(out, "%s=%s", sep, flags);
		return;
	}
	for (i = 0; i < 64; i++) {
		if (!(set >> i & 1))
			continue;
		if (i < COUNT(names))
			str_addf(out, "%s%s", sep, names[i]);
		else
			str_addf(out, "%s%u", sep, i);
		sep = ",";
	}
	str_addf(out, "=%s", flags);
}

int
filecaps_text(const void *value, size_t n, struct str *out)
{
	const unsigned char *p = value;
	uint64_t permitted, inheritable;
	size_t from = out->n;
	uint32_t magic;
	bool effective;

	if (n < 4)
		return -1;
	magic = le32(p);
	effective = magic & VFS_CAP_FLAGS_EFFECTIVE;
	switch (magic & VFS_CAP_REVISION_MASK) {
	case VFS_CAP_REVISION_1:
		if (n != XATTR_CAPS_SZ_1)
			return -1;
		permitted = le32(p + 4);
		inheritable = le32(p + 8);
		break;
	case VFS_CAP_REVISION_2:
	case VFS_CAP_REVISION_3:
		if (n != ((magic & VFS_CAP_REVISION_MASK) == VFS_CAP_REVISION_2
			    ? XATTR_CAPS_SZ_2 : XATTR_CAPS_SZ_3))
			return -1;
		permitted = le32(p + 4) | (uint64_t)le32(p + 12) << 32;
		inheritable = le32(p + 8) | (uint64_t)le32(p + 16) << 32;
		break;
	default:
		return -1;
	}
	clause(out, from, permitted & inheritable, effective ? "eip" : "ip");
	clause(out, from, permitted & ~inheritable, effective ? "ep" : "p");
	clause(out, from, inheritable & ~permitted, effective ? "ei" : "i");
	if (out->n == from)
		str_addc(out, '=');
	if ((magic & VFS_CAP_REVISION_MASK) == VFS_CAP_REVISION_3 &&
	    le32(p + 20))
		str_addf(out, " [rootid=%u]", le32(p + 20));
	return 0;
}
