# innocents.sh DIR - what an ordinary administrator does to a Debian in DIR
#
# None of it runs a program that is not a package's, lets anybody in, or takes
# a lock away; so none of it may be blamed (medium or above). On stdout, with
# tabs: innocent, planted, path.
set -eu
umask 022
root=$(cd "$1" && pwd)
[ "$root" != / ] || exit 2

put() { # PATH MODE LINE...
	_path=$1
	mkdir -p "$root${_path%/*}"
	: >>"$root$_path"
	chmod "$2" "$root$_path"
	shift 2
	printf '%s\n' "$@" >"$root$_path"
	printf 'innocent\tplanted\t%s\n' "$_path"
}
append() { # PATH LINE...
	_path=$1
	shift
	mkdir -p "$root${_path%/*}"
	printf '%s\n' "$@" >>"$root$_path"
	printf 'innocent\tplanted\t%s\n' "$_path"
}
mine() { chown -R 1000:1000 "$root/home/op"; }

# the server of ssh, stricter
sed -i 's/^#\?PermitRootLogin.*/PermitRootLogin no/; s/^#\?Port .*/Port 2222/
	s/^#\?PasswordAuthentication.*/PasswordAuthentication no/' \
	"$root/etc/ssh/sshd_config"
printf 'innocent\tplanted\t/etc/ssh/sshd_config\n'
put /etc/ssh/sshd_config.d/10-hardening.conf 644 "MaxAuthTries 3" \
	"X11Forwarding no" "AllowUsers op" "ClientAliveInterval 300" \
	"KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256" \
	"Banner /etc/issue.net"
put /etc/ssh/ssh_config.d/10-site.conf 644 "Host *.example.org" \
	"	User op" "	ServerAliveInterval 60" "	HashKnownHosts yes"

# accounts: one more, that cannot log in with a password; groups
append /etc/passwd "anna:x:1001:1001:Anna,,,:/home/anna:/bin/bash" \
	"appd:x:997:997::/nonexistent:/usr/sbin/nologin"
append /etc/shadow "anna:!:20000:0:99999:7:::" "appd:!*:20000::::::"
append /etc/group "anna:x:1001:" "appd:x:997:" "developers:x:1500:anna,op"
mkdir -p "$root/home/anna"
cp "$root"/etc/skel/.[!.]* "$root/home/anna/"
chown -R 1001:1001 "$root/home/anna"
append /etc/subuid "anna:100000:65536"
append /etc/subgid "anna:100000:65536"

# shells
append /home/op/.bashrc "alias ll='ls -l'" "alias gs='git status'" \
	"export EDITOR=vi HISTSIZE=10000" \
	"PS1='\\u@\\h:\\w\\\$ '" 'export PATH="$HOME/bin:$PATH"'
append /root/.bashrc "alias rm='rm -i'" "export LESS=-R" "umask 027"
put /home/op/.bash_aliases 644 "alias ..='cd ..'" "alias grep='grep --color=auto'"
put /etc/profile.d/site.sh 644 "# what this site wants" \
	"export EDITOR=/usr/bin/vi" "TMOUT=900" "readonly TMOUT" "umask 027"
put /home/op/.inputrc 644 "set editing-mode vi"
put /etc/environment 644 "LANG=en_US.UTF-8" "EDITOR=/usr/bin/vi" \
	"http_proxy=http://192.0.2.10:3128/"
put /etc/default/locale 644 "LANG=en_US.UTF-8"

# the kernel
put /etc/modprobe.d/hardening.conf 644 "blacklist pcspkr" \
	"install cramfs /bin/false" "install dccp /bin/true" \
	"options kvm_intel nested=1"
put /etc/sysctl.d/60-hardening.conf 644 "net.ipv4.conf.all.rp_filter = 1" \
	"kernel.kptr_restrict = 2" "kernel.dmesg_restrict = 1" \
	"fs.protected_symlinks = 1" "kernel.yama.ptrace_scope = 1" \
	"vm.swappiness = 10" "kernel.core_pattern = core"
put /etc/modules-load.d/site.conf 644 "br_netfilter" "loop"
append /etc/modules "8021q"
put /etc/udev/rules.d/70-net-names.rules 644 \
	'SUBSYSTEM=="net", ACTION=="add", ATTR{address}=="52:54:00:12:34:56", NAME="lan0"' \
	'KERNEL=="ttyUSB*", MODE="0660", GROUP="dialout"'
put /etc/default/grub.d/quiet.cfg 644 'GRUB_TIMEOUT=2' \
	'GRUB_CMDLINE_LINUX="console=ttyS0 net.ifnames=0"'

# packages
put /etc/apt/sources.list.d/postgresql.list 644 \
	"deb [signed-by=/usr/share/keyrings/pgdg.gpg] https://apt.example.org/pub/repos/apt bookworm-pgdg main"
put /etc/apt/apt.conf.d/90site 644 'APT::Install-Recommends "false";' \
	'Acquire::Retries "3";' 'Acquire::http::Proxy "http://192.0.2.10:3142";'
put /etc/apt/preferences.d/pin 644 "Package: *" "Pin: release a=bookworm" \
	"Pin-Priority: 900"
put /etc/dpkg/dpkg.cfg.d/01_nodoc 644 "path-exclude /usr/share/doc/*" \
	"force-confold"

# services: masked, enabled, a limit and a description
ln -s /dev/null "$root/etc/systemd/system/apt-daily-upgrade.timer" 2>/dev/null ||
	ln -sf /dev/null "$root/etc/systemd/system/apt-daily-upgrade.timer"
printf 'innocent\tplanted\t/etc/systemd/system/apt-daily-upgrade.timer\n'
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
ln -sf /usr/lib/systemd/system/systemd-networkd.service \
	"$root/etc/systemd/system/multi-user.target.wants/systemd-networkd.service"
put /etc/systemd/system/ssh.service.d/limits.conf 644 "[Service]" \
	"LimitNOFILE=65536" "Restart=on-failure" "MemoryMax=512M"
put /etc/systemd/system/cron.service.d/env.conf 644 "[Service]" \
	"Environment=TZ=Europe/Berlin LANG=C.UTF-8" "Nice=5"
put /etc/systemd/system/apt-daily.timer.d/later.conf 644 "[Timer]" \
	"OnCalendar=" "OnCalendar=*-*-* 03:00" "RandomizedDelaySec=30m"
put /etc/systemd/journald.conf.d/size.conf 644 "[Journal]" "SystemMaxUse=200M"
put /etc/systemd/system.conf.d/timeouts.conf 644 "[Manager]" \
	"DefaultTimeoutStopSec=30s"
put /etc/systemd/network/10-lan.network 644 "[Match]" "Name=lan0" \
	"[Network]" "Address=192.0.2.20/24" "Gateway=192.0.2.1" "DNS=192.0.2.53"
put /etc/systemd/timesyncd.conf.d/ntp.conf 644 "[Time]" "NTP=192.0.2.123"
append /etc/default/cron 'EXTRA_OPTS="-L 5"'

# jobs: who may, a packaged program by its path, a mail address
put /etc/cron.allow 644 root op
put /etc/at.allow 644 root
sed -i 's/^SHELL=/MAILTO=admin@example.org\nSHELL=/' "$root/etc/crontab"
printf 'innocent\tplanted\t/etc/crontab\n'
put /etc/logrotate.d/app 644 "/var/log/app/*.log {" "	weekly" "	rotate 8" \
	"	compress" "	missingok" "	notifempty" "}"

# sudo, PAM, names
put /etc/sudoers.d/site 440 "Defaults	timestamp_timeout=5" \
	"Defaults	lecture=always" "Defaults	use_pty" \
	'Defaults	logfile="/var/log/sudo.log"'
put /etc/security/limits.d/site.conf 644 "op soft nofile 8192"
sed -i 's/^hosts:.*/hosts: files dns/' "$root/etc/nsswitch.conf"
printf 'innocent\tplanted\t/etc/nsswitch.conf\n'
append /etc/hosts "192.0.2.20 host.example.org host"
append /etc/login.defs "UMASK 027"

# tools of people
put /home/op/.gitconfig 644 "[user]" "	name = Op" \
	"	email = op@example.org" "[alias]" "	st = status" "	co = checkout" \
	"[core]" "	editor = vi" "	pager = less -FRX" "[pull]" "	rebase = true"
put /home/op/.vimrc 644 "syntax on" "set number" "set tabstop=4" \
	'autocmd BufReadPost * normal g`"' "nnoremap <C-n> :bnext<CR>"
put /home/op/.tmux.conf 644 "set -g prefix C-a" "set -g mouse on"
put /home/op/.ssh/config 600 "Host build" "	HostName 192.0.2.30" \
	"	User op" "	IdentityFile ~/.ssh/id_ed25519"
put /home/op/.ssh/known_hosts 600 \
	"192.0.2.30 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
put /home/op/.forward 644 "op@example.org"
put /home/op/.config/user-dirs.dirs 644 'XDG_DESKTOP_DIR="$HOME/Desktop"'
put /home/op/notes/todo.txt 644 "buy milk"

# servers
put /etc/docker/daemon.json 644 '{' '  "log-driver": "journald",' \
	'  "storage-driver": "overlay2",' '  "live-restore": true,' \
	'  "default-address-pools": [{"base": "198.51.100.0/24", "size": 28}]' '}'
put /etc/nginx/nginx.conf 644 "user www-data;" "events { }" "http {" \
	"	access_log /var/log/nginx/access.log;" "	server {" \
	"		listen 80;" "		root /var/www/html;" "	}" "}"
put /var/www/html/index.html 644 "<!doctype html><title>It works</title>"
put /var/www/html/info.php 644 '<?php echo htmlspecialchars(date("c")); ?>'
put /etc/aliases 644 "postmaster: root" "root: admin@example.org"
put /etc/rsyslog.d/10-remote.conf 644 "*.* @192.0.2.40:514"
put /etc/motd 644 "This is a computer of Example. Be nice."
put /etc/issue.net 644 "Authorized use only"
put /etc/tmpfiles.d/app.conf 644 "d /run/app 0750 appd appd -" \
	"d /var/log/app 0750 appd adm 30d"
put /etc/network/interfaces.d/lan0 644 "auto lan0" "iface lan0 inet static" \
	"	address 192.0.2.20/24" "	gateway 192.0.2.1"
put /etc/netplan/01-lan.yaml 600 "network:" "  version: 2" "  ethernets:" \
	"    lan0:" "      dhcp4: true"
put /etc/dhcp/dhclient.conf 644 'send host-name = gethostname();' \
	'supersede domain-name-servers 192.0.2.53;'
ln -sf /usr/share/zoneinfo/Europe/Berlin "$root/etc/localtime"
echo Europe/Berlin >"$root/etc/timezone"
mkdir -p "$root/srv/backup" "$root/var/log/app"
chmod 1777 "$root/srv/backup"
echo data >"$root/srv/backup/db.dump"
chmod 600 "$root/srv/backup/db.dump"
mine
