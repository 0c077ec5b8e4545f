/* Configuration files: the first byte is the syntax, by an artifact each. */

#include "art.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct {
		const char *name, *via;
	} kinds[] = {
	    {"docker-daemon", "/etc/docker/daemon.json"},
	    {"containerd-conf", "/etc/containerd/config.toml"},
	    {"static-pod", "/etc/kubernetes/manifests/x.yaml"},
	    {"git-config-system", "/etc/gitconfig"},
	    {"xinetd", "/etc/xinetd.d/x"},
	    {"nginx-conf", "/etc/nginx/nginx.conf"},
	    {"apache-conf", "/etc/apache2/apache2.conf"},
	    {"supervisord", "/etc/supervisord.conf"},
	    {"samba", "/etc/samba/smb.conf"},
	    {"dpkg-conf", "/etc/dpkg/dpkg.cfg.d/x"},
	    {"docker-options", "/etc/default/docker"},
	    {"snmpd", "/etc/snmp/snmpd.conf"},
	};

	if (!n)
		return 0;
	fuzz_artifact(kinds[p[0] % COUNT(kinds)].name,
	    kinds[p[0] % COUNT(kinds)].via, p + 1, n - 1);
	return 0;
}
