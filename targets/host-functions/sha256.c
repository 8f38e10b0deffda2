/** board_sha256 (FIPS 180-4) for a board whose chip has no hash unit: 0.6 KB of flash. */
#include <string.h>

#include "board.h"

#define ROTATE(word, bits) ((word) >> (bits) | (word) << (32 - (bits)))

/** §4.2.2 */
static const uint32_t constants[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/** §6.2.2, with the last sixteen words of the schedule in a ring. */
static void compress(uint32_t state[8], const uint8_t block[64]) {
  uint32_t w[16], s[8];
  memcpy(s, state, sizeof s);
  for (int t = 0; t < 64; t++) {
    if (t < 16) {
      w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 | (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    } else {
      uint32_t w15 = w[(t + 1) & 15], w2 = w[(t + 14) & 15];
      w[t & 15] += (ROTATE(w15, 7) ^ ROTATE(w15, 18) ^ w15 >> 3) + w[(t + 9) & 15] + (ROTATE(w2, 17) ^ ROTATE(w2, 19) ^ w2 >> 10);
    }
    uint32_t t1 = s[7] + (ROTATE(s[4], 6) ^ ROTATE(s[4], 11) ^ ROTATE(s[4], 25)) + (s[6] ^ (s[4] & (s[5] ^ s[6]))) + constants[t] + w[t & 15];
    uint32_t t2 = (ROTATE(s[0], 2) ^ ROTATE(s[0], 13) ^ ROTATE(s[0], 22)) + ((s[0] & s[1]) | (s[2] & (s[0] | s[1])));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += t1;
    s[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) state[i] += s[i];
  memset(w, 0, sizeof w); /* the block may contain a secret */
}

void board_sha256(const uint8_t *message, uint32_t length, uint8_t digest[32]) {
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  uint8_t block[64];
  uint32_t at = 0;
  for (; length - at >= 64; at += 64) compress(state, message + at);
  /* §5.1.1: a bit 1, zeros, and the length in bits, in one block or two */
  memset(block, 0, sizeof block);
  memcpy(block, message + at, length - at);
  block[length - at] = 0x80;
  if (length - at >= 56) {
    compress(state, block);
    memset(block, 0, sizeof block);
  }
  for (int i = 0; i < 4; i++) block[63 - i] = (uint8_t)(length << 3 >> 8 * i);
  block[59] = (uint8_t)(length >> 29);
  compress(state, block);
  memset(block, 0, sizeof block);
  for (int i = 0; i < 32; i++) digest[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}
