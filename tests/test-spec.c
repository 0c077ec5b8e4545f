/* test-spec - the OCI runtime specification of a container: what is the host's,
 * what is everybody's, what it may. */

#include "spec.h"

#include "tap.h"

static struct engine_container c;

static bool
own(void *arg, const char *source, const char *destination)
{
	(void)destination;
	return strncmp(source, arg, strlen(arg)) == 0;
}

/* Apostrophes stand for quotes. Returns the values of a wrong type. */
static size_t
take(const char *text)
{
	struct state d cleanup_state = STATE_INIT;
	struct str t cleanup_str = STR_INIT;
	struct err e;
	size_t i;
	static char engine[] = "/var/lib/engine/";

	for (i = 0; text[i]; i++)
		str_addc(&t, text[i] == '\'' ? '"' : text[i]);
	engine_container_release(&c);
	if (state_parse(&d, t.s, t.n, &e))
		die("%s", e.msg);
	spec_container(&d, d.json, &c, own, engine);
	return d.wrong;
}

static bool
list_is(const struct strlist *l, const char *wanted)
{
	struct str s cleanup_str = STR_INIT;

	strlist_join(l, " ", &s);
	if (str_eq(&s, wanted))
		return true;
	printf("# got: %s\n", s.s);
	return false;
}

#define MIGHTY "'CAP_DAC_READ_SEARCH','CAP_MKNOD','CAP_NET_ADMIN'," \
    "'CAP_SYS_ADMIN','CAP_SYS_BOOT','CAP_SYS_MODULE','CAP_SYS_PTRACE'," \
    "'CAP_SYS_RAWIO'"
#define CAN(caps) "'process':{'capabilities':{'bounding':[" caps "]}}"
#define ALL "'resources':{'devices':[{'allow':false,'access':'rwm'}," \
    "{'allow':true,'access':'rwm'}]}"

int
main(void)
{
	struct str all cleanup_str = STR_INIT;
	size_t i;

	progname = "test-spec";
	engine_container_init(&c);
	take("{'process':{'args':['sh','-c','id -u'],'env':['A=1','B'],"
	     "'cwd':'/srv','user':{'uid':33,'gid':7},'noNewPrivileges':true,"
	     "'apparmorProfile':'x'},'hostname':'h','root':{'readonly':true},"
	     "'annotations':{'b':'2','a':'1'},'hooks':{'prestart':[{'path':"
	     "'/opt/h','args':['h','go','on']}],'poststop':[{'path':'/e'}]},"
	     "'linux':{'sysctl':{'net.x':'1'}}}");
	ok(str_eq(&c.command, "sh -c id -u") && c.cmd.n == 3 &&
		list_is(&c.env, "A=1 B") && str_eq(&c.workdir, "/srv") &&
		str_eq(&c.user, "33:7") && str_eq(&c.hostname, "h"),
	    "what runs");
	ok(c.no_new_privs == 1 && c.readonly_rootfs == 1 &&
		str_eq(&c.apparmor, "x") && list_is(&c.annotations, "a=1 b=2") &&
		list_is(&c.sysctls, "net.x=1"),
	    "settings");
	ok(list_is(&c.hooks, "prestart=/opt/h go on poststop=/e"), "hooks");
	ok(list_is(&c.host_namespaces,
	       "cgroup ipc mount network pid user uts"),
	    "no namespace of its own: all are the host's");
	ok(str_eq(&c.seccomp, "unconfined") && c.privileged == 0,
	    "unconfined is not privileged");

	take("{'linux':{'namespaces':[{'type':'pid'},{'type':'mount'},"
	     "{'type':'network','path':'/proc/1/ns/net'},{'type':'ipc',"
	     "'path':'/proc/4711/ns/ipc'},{'type':'odd'}],"
	     "'seccomp':{'defaultAction':'SCMP_ACT_ERRNO'}}}");
	ok(list_is(&c.host_namespaces, "cgroup network user uts"),
	    "by path, too; another one's is not the host's");
	ok(str_eq(&c.seccomp, "profile"), "a profile");
	take("{'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW'}}}");
	ok(str_eq(&c.seccomp, "unconfined"), "a profile that forbids nothing");
	take("{'process':{}}");
	ok(!c.seccomp.n && c.privileged == -1 && !c.host_namespaces.n,
	    "what is not said is absent");

	take("{" CAN(MIGHTY) ",'linux':{" ALL "}}");
	ok(c.privileged == 1, "privileged");
	take("{" CAN(MIGHTY) ",'linux':{" ALL ",'maskedPaths':['/proc/kcore']}}");
	ok(c.privileged == 0, "not with masked paths");
	take("{" CAN("'CAP_SYS_ADMIN'") ",'linux':{" ALL "}}");
	ok(c.privileged == 0, "not with one capability");
	take("{" CAN(MIGHTY) ",'linux':{'resources':{'devices':[{'allow':true},"
	     "{'allow':false,'access':'rwm'}]}}}");
	ok(c.privileged == 0, "not without devices");

	take("{'linux':{'devices':[{'path':'/dev/sdb','type':'b','major':8,"
	     "'minor':16},{'path':'/dev/fuse','type':'c','major':10,'minor':"
	     "229}],'resources':{'devices':[{'allow':false,'access':'rwm'},"
	     "{'allow':true,'type':'b','major':8,'access':'rw'},{'allow':true,"
	     "'type':'c','major':10,'minor':229,'access':'rwm'},"
	     "{'allow':true,'type':'c','major':1,'minor':3,'access':'r'}]}}}");
	ok(list_is(&c.devices, "/dev/fuse:/dev/fuse:rwm /dev/sdb:/dev/sdb:rw"),
	    "devices");

	take("{'mounts':[{'destination':'/proc','type':'proc','source':'proc'},"
	     "{'destination':'/dev','type':'tmpfs','source':'tmpfs'},"
	     "{'destination':'/dev','type':'bind','source':'/dev','options':"
	     "['rbind','rslave']},{'destination':'/host/','type':'none',"
	     "'source':'/','options':['rbind','ro']},{'destination':'/etc/hosts',"
	     "'type':'bind','source':'/var/lib/engine/1/hosts'},"
	     "{'destination':'/host','type':'bind','source':'/again'},"
	     "{'destination':'/disk','type':'ext4','source':'/dev/sda1'},"
	     "{'destination':'/p','type':'proc','source':'proc'},"
	     "{'destination':'/tmp','type':'tmpfs','source':'tmpfs','options':"
	     "['size=1m','nosuid']},{'destination':'/sys/fs/cgroup/unified',"
	     "'type':'cgroup2','source':'cgroup'}]}");
	for (i = 0; i < c.mounts_n; i++)
		str_addf(&all, "%s %s %s %d %s %s\n", c.mounts[i].type.s,
		    c.mounts[i].source.s, c.mounts[i].destination.s,
		    c.mounts[i].rw, c.mounts[i].propagation.s,
		    c.mounts[i].options.s);
	ok(str_eq(&all, "bind /dev /dev 1 rslave rbind,rslave\n"
			"ext4 /dev/sda1 /disk 1  \n"
			"bind / /host 0  rbind,ro\n"
			"proc  /p 1  \n"
			"tmpfs  /tmp 1  size=1m,nosuid\n"),
	    "mounts: not what every container has");
	if (tap_failed)
		printf("# %s\n", all.s);

	ok(take("{'process':{'args':{'a':1},'env':'X=1','user':[],'cwd':5},"
		"'linux':{'namespaces':{},'devices':[3,{'path':1}]},'mounts':"
		"[null,7],'hooks':{'prestart':[9]}}") > 5,
	    "values of a wrong type are counted");
	engine_container_release(&c);
	return done();
}
