/**
 * Named records on raw NOR flash, for board_load, board_save and board_erase of a chip that has flash but no file system.
 * README.md has the contract, the lifetime and the costs; flash.c has the layout; test/targets/flash.c is a chip in memory.
 */
#ifndef FLASH_H
#define FLASH_H

#include <stdbool.h>
#include <stdint.h>

/**
 * The bytes of a unit, which the chip programs at once: 4, or 8 or 16 on flash with ECC. Each unit is programmed only once
 * between two erases.
 */
#ifndef FLASH_UNIT_BYTES
#define FLASH_UNIT_BYTES 4
#endif

/** The answers of a chip's read. */
enum flash_answer { FLASH_OK, FLASH_DAMAGED, FLASH_AWAY };

/** The area of the records, and the three functions of the chip. Offsets are from the start of the area. */
struct flash_chip {
  /**
   * 2 to 255. A sector may be several pages of the chip. The longest record with its name must fit into one, with 100 bytes
   * to spare.
   */
  uint32_t sectors;
  uint32_t sector_bytes;
  /** Sets every bit of a sector to 1. False when some bit is not 1. */
  bool (*erase)(uint32_t sector);
  /**
   * Programs one unit; only changes bits from 1 to 0. Returns when the unit will outlast a reset. False when the unit may
   * hold anything.
   */
  bool (*program)(uint32_t at, const uint8_t unit[FLASH_UNIT_BYTES]);
  /**
   * Reads bytes. FLASH_DAMAGED: the chip cannot read these bytes until they are erased (ECC). FLASH_AWAY: the chip cannot be
   * read now, as on a bus that is not up.
   */
  enum flash_answer (*read)(uint32_t at, uint8_t *into, uint32_t length);
};

/** flash_load: no such record exists. */
#define FLASH_NONE (-1)
/** flash_load: the record exists, but is damaged. */
#define FLASH_UNREADABLE (-2)
/** flash_load: the chip cannot be read now, so the record may exist. */
#define FLASH_NOT_NOW (-3)

/**
 * Finds the stored records; when the chip cannot be read now, the next call finds them. Keeps `chip`. Writes nothing: the
 * first save prepares an area that was never used.
 */
void flash_open(const struct flash_chip *chip);
/** Returns the length of the record, and copies as much of it as fits in `size`. Keys are 1 to 15 characters. */
int32_t flash_load(const char *key, uint8_t *into, uint32_t size);
/**
 * True when the record is in flash. False when there was no room, or when the chip failed or cannot be read now; the former
 * record then remains, unless the chip failed in the last step.
 */
bool flash_save(const char *key, const uint8_t *bytes, uint32_t length);
/** True when no such record exists any more. When false, the former record remains. */
bool flash_erase(const char *key);

#endif
