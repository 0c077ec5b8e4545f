#!/usr/bin/env python3
"""yaragen - a large set of YARA rules, for figures

usage: yaragen.py FOLDER [RULES [SEED]]   default: 5000 rules, seed 1

Ten rules a file, the same bytes for the same seed. Shaped as public sets are:
mostly text strings (some wide or nocase), hex strings with wildcards, jumps
and alternatives, a few regular expressions; conditions ask for a magic
number, a size, "N of them"; one file in seventy asks for external variables.
Words are made up, so that hardly anything matches.
"""
import os
import random
import sys

SYLLABLES = ('ba be bi bo bu da de di do du fa fe ga ge gi ka ke ki ko la le li '
             'lo ma me mi mo na ne ni no pa pe pi po ra re ri ro sa se si so ta '
             'te ti to va ve vi vo xa ze zo ex in un pro sub trans').split()
PREFIXES = ('/tmp/.', '/usr/lib/', '/etc/cron.d/', 'http://', 'Mozilla/5.0 ',
            'cmd=', '--', '_', 'libx', 'User-Agent: ', 'HKEY_', '%s/%d ', '', '')
MAGIC = ('uint32(0) == 0x464c457f', 'uint16(0) == 0x5a4d', 'uint16(0) == 0x2123',
         'uint32be(0) == 0x504b0304', 'uint32(0) == 0x464c457f')


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def word(self, least=3, most=6):
        return ''.join(self.r.choice(SYLLABLES)
                       for _ in range(self.r.randint(least, most)))

    def text(self):
        s = self.r.choice(PREFIXES) + self.word()
        if self.r.random() < 0.5:
            s += self.r.choice((' ', '.', '/', '_', ': ')) + self.word(2, 4)
        if self.r.random() < 0.3:
            s += str(self.r.randint(1, 9999))
        kinds = [''] * 12 + [' wide', ' ascii wide', ' nocase', ' fullword',
                             ' fullword', ' ascii wide nocase']
        return '"%s"%s' % (s.replace('\\', '\\\\'), self.r.choice(kinds))

    def hexes(self):
        out = []
        for i in range(self.r.randint(8, 28)):
            k = self.r.random() if 3 < i else 1
            if k < 0.10:
                out.append('??')
            elif k < 0.13:
                out.append('%X?' % self.r.randrange(16))
            elif k < 0.15:
                out.append('[%d-%d]' % (self.r.randint(1, 3), self.r.randint(4, 12)))
                out.append('%02X' % self.r.randrange(256))
            elif k < 0.17:
                out.append('( %02X | %02X )' % (self.r.randrange(256),
                                                self.r.randrange(256)))
            else:
                out.append('%02X' % self.r.randrange(256))
        out.append('%02X' % self.r.randrange(1, 255))
        return '{ %s }' % ' '.join(out)

    def regex(self):
        w = self.word(2, 3)
        return self.r.choice((
            r'/%s[a-z0-9]{4,12}\.%s/' % (w, self.word(2, 2)),
            r'/%s=[0-9a-f]{16,32}/' % w,
            r'/https?:\/\/%s\.[a-z]{2,6}\/[a-z0-9]{1,20}\.php/' % w,
            r'/\/%s\/\.[a-z]{1,8} -[a-z] %s/ nocase' % (w, self.word(2, 2))))

    def rule(self, n, external):
        strings, k = [], self.r.randint(2, 12)
        for i in range(k):
            p = self.r.random()
            kind = self.text if p < 0.72 else self.hexes if p < 0.94 else self.regex
            strings.append('\t\t$s%d = %s' % (i, kind()))
        parts = []
        if self.r.random() < 0.7:
            parts.append(self.r.choice(MAGIC))
        if self.r.random() < 0.75:
            parts.append('filesize < %d%s' % (self.r.randint(5, 900),
                                              self.r.choice(('KB', 'KB', 'MB'))))
        parts.append(self.r.choice((
            'all of them', 'any of them', '%d of them' % min(k, 2),
            '%d of ($s*)' % min(k, 3), '#s0 > 1 and $s1',
            '$s0 and (1 of ($s*))', 'for any of ($s*) : ($)')))
        if '#s0' in parts[-1] and k > 2:
            parts[-1] += ' and any of them'
        elif '#s0' in parts[-1] or parts[-1].startswith('$s0'):
            parts[-1] += ' and all of them'
        if external:
            parts.append(self.r.choice((
                'filename matches /^%s/' % self.word(),
                'filepath contains "/%s/"' % self.word(),
                'extension == ".%s"' % self.word(1, 1), 'filetype == "ELF"')))
        return '\n'.join((
            'rule gen_%05d_%s {' % (n, self.word(2, 2)), '\tmeta:',
            '\t\tdescription = "generated %d"' % n,
            '\t\tauthor = "yaragen"', '\t\tscore = %d' % self.r.randint(40, 90),
            '\tstrings:', '\n'.join(strings), '\tcondition:',
            '\t\t' + ' and '.join(parts), '}', ''))


def main():
    folder = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    make = Maker(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    os.makedirs(folder, exist_ok=True)
    for f in range((count + 9) // 10):
        with open('%s/gen%04d.yar' % (folder, f), 'w', encoding='ascii') as out:
            for n in range(f * 10, min(f * 10 + 10, count)):
                out.write(make.rule(n, f % 70 == 69))


if __name__ == '__main__':
    main()
