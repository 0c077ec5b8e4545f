"""rpmdb.py SQLITE ndb|bdb FILE - the header blobs of an rpmdb.sqlite as a
database of another kind: ndb by its format, bdb as text for db_load"""
import sqlite3, struct, sys

blobs = [(n, b) for n, b in sqlite3.connect(sys.argv[1]).execute(
    'SELECT hnum, blob FROM Packages ORDER BY hnum')]
if sys.argv[2] == 'bdb':
    with open(sys.argv[3], 'w') as f:
        f.write('VERSION=3\nformat=bytevalue\ntype=hash\nHEADER=END\n')
        for n, b in [(0, struct.pack('<I', len(blobs)))] + blobs:
            f.write(' %s\n %s\n' % (struct.pack('<I', n).hex(), b.hex()))
        f.write('DATA=END\n')
else:
    slots, data = b'', b''
    for n, b in blobs:
        pad = -len(b) % 16
        units = 1 + (len(b) + pad) // 16 + 1
        slots += b'Slot' + struct.pack('<III', n, (4096 + len(data)) // 16, units)
        data += b'BlbS' + struct.pack('<III', n, 0, len(b)) + b + bytes(pad)
        data += bytes(4) + struct.pack('<II', 0, len(b)) + b'BlbE'
    head = b'RpmP' + struct.pack('<IIII', 0, 1, 1, len(blobs) + 1)
    head += bytes(32 - len(head))
    with open(sys.argv[3], 'wb') as f:
        f.write((head + slots).ljust(4096, b'\0') + data)
