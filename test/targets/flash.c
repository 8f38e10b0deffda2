/**
 * targets/host-functions/flash.c over a chip in memory, whose power can be cut within any write. Usage: flash SECTORS BYTES;
 * answers requests of one byte and its arguments on standard input, by standard output. test/targets/flash.ts asks.
 */
#include "../../targets/host-functions/flash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** The state of the chip, which can be copied and restored. */
static uint8_t *cells, *snapshots[4];
static uint32_t size;
static struct flash_chip chip;

static uint32_t writes_left = UINT32_MAX; /* programs and erases until the power goes */
static uint32_t writes, erases, again;    /* units that were programmed twice between two erases */
static uint32_t erases_max = UINT32_MAX;  /* that a sector stands */
static uint32_t *worn;
static uint32_t unreadable = UINT32_MAX; /* a byte that the chip cannot read */
static uint32_t reads_left = UINT32_MAX; /* reads until the chip is away */
static uint32_t away_times;              /* reads for which it is away then */
static bool is_off;
static uint32_t random_state = 1;

/** No program or erase arrives then. */
static bool is_away(void) {
  return reads_left == 0 && away_times > 0;
}

static uint8_t random_byte(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return (uint8_t)(random_state >> 8);
}

/** False: the power goes within this write. */
static bool spend(void) {
  writes++;
  if (writes_left == UINT32_MAX || writes_left-- > 0) return true;
  is_off = true;
  writes_left = UINT32_MAX;
  return false;
}

/** The result of a write that was cut: nothing changed, some bits, or all bits. */
static uint8_t done_mask(uint8_t kind) {
  return kind == 0 ? 0 : kind == 1 ? 0xff : random_byte();
}

static bool erase(uint32_t sector) {
  if (is_off || is_away()) return false;
  erases++;
  bool is_whole = spend() && ++worn[sector] <= erases_max;
  uint8_t kind = random_byte() & 3;
  for (uint32_t i = 0; i < chip.sector_bytes; i++)
    cells[sector * chip.sector_bytes + i] |= is_whole ? 0xff : done_mask(kind);
  return is_whole;
}

static bool program(uint32_t at, const uint8_t unit[FLASH_UNIT_BYTES]) {
  if (is_off || is_away()) return false;
  bool is_whole = spend();
  uint8_t kind = random_byte() & 3;
  for (uint32_t i = 0; i < FLASH_UNIT_BYTES; i++) {
    if (cells[at + i] != 0xff) again++;
    cells[at + i] &= is_whole ? unit[i] : (uint8_t)(unit[i] | ~done_mask(kind));
  }
  return is_whole;
}

static enum flash_answer read_cells(uint32_t at, uint8_t *into, uint32_t length) {
  if (is_away()) {
    if (away_times != UINT32_MAX) away_times--;
    return FLASH_AWAY;
  }
  if (reads_left > 0 && reads_left != UINT32_MAX) reads_left--;
  if (is_off || (at <= unreadable && unreadable < at + length)) return FLASH_DAMAGED;
  memcpy(into, cells + at, length);
  return FLASH_OK;
}

static uint32_t number(void) {
  uint8_t bytes[4];
  if (fread(bytes, 1, 4, stdin) != 4) exit(0);
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void answer(int32_t value, const uint8_t *bytes, uint32_t length) {
  for (int i = 0; i < 4; i++) putchar((uint8_t)((uint32_t)value >> 8 * i));
  fwrite(bytes, 1, length, stdout);
  fflush(stdout);
}

int main(int argc, char **argv) {
  static uint8_t bytes[65536];
  static char key[64];
  if (argc < 3) return 2;
  chip = (struct flash_chip){(uint32_t)atoi(argv[1]), (uint32_t)atoi(argv[2]), erase, program, read_cells};
  size = chip.sectors * chip.sector_bytes;
  cells = malloc(size);
  worn = calloc(chip.sectors, sizeof *worn);
  for (int i = 0; i < 4; i++) snapshots[i] = malloc(size);
  memset(cells, 0xff, size);
  flash_open(&chip);
  for (;;) {
    int request = getchar();
    if (request == EOF) return 0;
    uint32_t key_length = number(), length = number();
    if (key_length >= sizeof key || (request == 's' && length > sizeof bytes)) return 2;
    if (fread(key, 1, key_length, stdin) != key_length) return 0;
    if (request == 's' && fread(bytes, 1, length, stdin) != length) return 0;
    key[key_length] = 0;
    uint32_t count = 0;
    int32_t result = 0;
    if (request == 's') result = flash_save(key, bytes, length);
    if (request == 'e') result = flash_erase(key);
    if (request == 'l' && (result = flash_load(key, bytes, length)) > 0) count = (uint32_t)result < length ? (uint32_t)result : length;
    if (request == 'o') { /* the power comes back */
      is_off = false;
      writes_left = UINT32_MAX;
      flash_open(&chip);
    }
    if (request == 'c') writes_left = length;
    if (request == 'r') random_state = length | 1;
    if (request == 'p') memcpy(snapshots[length & 3], cells, size);
    if (request == 'b') memcpy(cells, snapshots[length & 3], size);
    if (request == 'x') cells[length >> 3] ^= (uint8_t)(1 << (length & 7)); /* one bit flips */
    if (request == 'g') for (uint32_t i = 0; i < size; i++) cells[i] = random_byte(); /* another firmware's data */
    if (request == 'u') unreadable = length;
    if (request == 'm') erases_max = length;
    if (request == 'y') reads_left = length;
    if (request == 'k') away_times = length;
    if (request == 'q') result = is_away() ? 1 : reads_left == 0 ? 2 : 0; /* now, or before */
    if (request == 'w') result = (int32_t)writes;
    if (request == 'n') result = (int32_t)erases;
    if (request == 'a') result = (int32_t)again;
    if (request == 'i') result = is_off;
    if (request == 'd') { /* spread of wear: most and least */
      uint32_t most = 0, least = UINT32_MAX;
      for (uint32_t i = 0; i < chip.sectors; i++) {
        if (worn[i] > most) most = worn[i];
        if (worn[i] < least) least = worn[i];
      }
      result = (int32_t)(most - least);
    }
    if (request == 'z') answer((int32_t)size, cells, size);
    else answer(result, bytes, count);
  }
}
