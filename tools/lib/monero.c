/*
 * monero - addresses with their checksum
 *
 * Base58 in blocks of 8 bytes (11 digits), the last one shorter; a network
 * byte (18 standard, 19 integrated, 42 subaddress), keys, and the first four
 * bytes of Keccak-256 (the padding of the competition, not of SHA-3).
 */

#include "sqlfunc.h"

static const uint64_t round_constants[24] = {
	0x0000000000000001, 0x0000000000008082, 0x800000000000808a,
	0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
	0x8000000080008081, 0x8000000000008009, 0x000000000000008a,
	0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
	0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
	0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
	0x000000000000800a, 0x800000008000000a, 0x8000000080008081,
	0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};
static const int rotations[24] = {1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14,
	27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44};
static const int lanes[24] = {10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23,
	19, 13, 12, 2, 20, 14, 22, 9, 6, 1};

static uint64_t
rotate(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static void
permute(uint64_t s[25])
{
	uint64_t c[5], t;
	int r, i, j;

	for (r = 0; r < 24; r++) {
		for (i = 0; i < 5; i++)
			c[i] = s[i] ^ s[i + 5] ^ s[i + 10] ^ s[i + 15] ^
			    s[i + 20];
		for (i = 0; i < 5; i++) {
			t = c[(i + 4) % 5] ^ rotate(c[(i + 1) % 5], 1);
			for (j = 0; j < 25; j += 5)
				s[j + i] ^= t;
		}
		t = s[1];
		for (i = 0; i < 24; i++) {
			uint64_t next = s[lanes[i]];

			s[lanes[i]] = rotate(t, rotations[i]);
			t = next;
		}
		for (j = 0; j < 25; j += 5) {
			for (i = 0; i < 5; i++)
				c[i] = s[j + i];
			for (i = 0; i < 5; i++)
				s[j + i] ^= ~c[(i + 1) % 5] & c[(i + 2) % 5];
		}
		s[0] ^= round_constants[r];
	}
}

/* Of at most 135 bytes: one block. */
static void
keccak256(const unsigned char *p, size_t n, unsigned char out[32])
{
	unsigned char block[136] = {0};
	uint64_t s[25] = {0};
	size_t i;

	memcpy(block, p, n);
	block[n] = 1;
	block[135] |= 0x80;
	for (i = 0; i < 136; i++)
		s[i / 8] ^= (uint64_t)block[i] << (8 * (i % 8));
	permute(s);
	for (i = 0; i < 32; i++)
		out[i] = (unsigned char)(s[i / 8] >> (8 * (i % 8)));
}

static bool
block58(const char *p, size_t n, unsigned char *out, size_t bytes)
{
	static const char digits[] =
	    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	unsigned __int128 v = 0;
	const char *at;
	size_t i;

	for (i = 0; i < n; i++) {
		at = p[i] ? strchr(digits, p[i]) : NULL;
		if (!at)
			return false;
		v = v * 58 + (unsigned)(at - digits);
	}
	if (v >> (8 * bytes))
		return false;
	for (i = bytes; i-- > 0; v >>= 8)
		out[i] = (unsigned char)v;
	return true;
}

bool
monero_valid(const char *p, size_t n)
{
	unsigned char data[80], hash[32];
	size_t i, at = 0, size;

	/* 69 bytes in 95 digits, 77 in 106: both end with 7 digits, 5 bytes */
	if (n != 95 && n != 106)
		return false;
	for (i = 0; i + 11 <= n; i += 11, at += 8)
		if (!block58(p + i, 11, data + at, 8))
			return false;
	if (!block58(p + i, 7, data + at, 5))
		return false;
	size = at + 5;
	if (data[0] != 18 && data[0] != 19 && data[0] != 42)
		return false;
	keccak256(data, size - 4, hash);
	return memcmp(hash, data + size - 4, 4) == 0;
}
