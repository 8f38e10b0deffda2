/**
 * Named records on raw NOR flash: what board_load, board_save and board_erase stand on where a chip has flash and no file
 * system. README.md has the contract, the layout and what it costs; test/targets/flash.c is a chip in memory.
 */
#ifndef FLASH_H
#define FLASH_H

#include <stdbool.h>
#include <stdint.h>

/** Bytes that the chip programs at once: 4; 8 or 16 on flash with ECC. Each unit is programmed once between two erases. */
#ifndef FLASH_UNIT_BYTES
#define FLASH_UNIT_BYTES 4
#endif

/** The answers of a chip's read. */
enum flash_answer { FLASH_OK, FLASH_DAMAGED, FLASH_AWAY };

/** The area of the records, and the three functions of the chip. Offsets are from the start of the area. */
struct flash_chip {
  /** 2 to 255. A sector may be several pages of the chip; the longest record with its name has to fit into one, beside 100 bytes. */
  uint32_t sectors;
  uint32_t sector_bytes;
  /** Sets every bit of a sector to 1. False: not every bit is. */
  bool (*erase)(uint32_t sector);
  /** Programs one unit, from 1 to 0 alone; returns when it will outlast a reset. False: it may hold anything. */
  bool (*program)(uint32_t at, const uint8_t unit[FLASH_UNIT_BYTES]);
  /** FLASH_DAMAGED: the chip will not read these bytes again before they are erased (ECC). FLASH_AWAY: nothing can be read now (a bus). */
  enum flash_answer (*read)(uint32_t at, uint8_t *into, uint32_t length);
};

/** flash_load: there is no such record. */
#define FLASH_NONE (-1)
/** flash_load: there is one, and it is damaged. */
#define FLASH_UNREADABLE (-2)
/** flash_load: the chip is away, so nobody knows. */
#define FLASH_NOT_NOW (-3)

/** Finds what is stored, when the chip is away now, at the next call; `chip` is kept. Writes nothing: an area that was never used is prepared by the first save. */
void flash_open(const struct flash_chip *chip);
/** The length of the record, of which as much as fits in `size` is copied. Keys are 1 to 15 characters. */
int32_t flash_load(const char *key, uint8_t *into, uint32_t size);
/** True when the record is in flash. Else the former one stands, unless the chip failed in the last step: there was no room, or the chip failed or is away. */
bool flash_save(const char *key, const uint8_t *bytes, uint32_t length);
/** True when there is no such record. Else the former one stands. */
bool flash_erase(const char *key);

#endif
