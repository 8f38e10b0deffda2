/**
 * The records form a log. Each is appended to the youngest sector, and the last record of a name counts. When a sector is
 * full, the log goes on in the next. If that is the last free one, the records that count in the oldest sector are copied
 * into it first. The header of a sector is written when its copies are complete, and names the sector at which the log
 * begins from then on, so a single write decides.
 *
 *   sector  | header | header again | entries | erased |
 *   header  | magic:32 | sequence:32 | sequence of the oldest:32 | CRC:32 of the three |
 *   entry   | form:32 | form:32 | CRC of the key:32 | CRC:32 | key | record | erased, to a unit | mark: a unit of 0 |
 *   form    | check:8 | erases:1 | length of the key:7 | length of the record:16 |
 *
 * Nothing is programmed twice, and every write takes effect completely or not at all:
 * - A header that was cut off has a wrong CRC: its sector is free, and the log is as before.
 * - An entry that was cut off has no mark and a wrong CRC: the former record counts. With a mark, a wrong CRC is damage.
 * - After a form that was cut off, nothing is appended to its sector. An entry is only looked for at the end of another one,
 *   so a record whose bytes look like an entry, which an attacker may send, is never taken for one.
 * - A bit that flips in a header or a form leaves the second copy intact; elsewhere it damages one record.
 * - While the chip is away nothing is believed of it, and nothing is erased or made to count.
 */
#include "flash.h"

#include <string.h>

#define SECTOR_MAGIC 0x31465250u
#define FORM_ERASES 0x00800000u
#define NONE UINT32_MAX

#define TO_UNIT(bytes) (((bytes) + FLASH_UNIT_BYTES - 1) / FLASH_UNIT_BYTES * FLASH_UNIT_BYTES)
#define HEADER_BYTES TO_UNIT(16)
#define ENTRIES_AT (2 * HEADER_BYTES)
/** The bytes of both forms and both CRCs. */
#define PREFIX_BYTES 16
#define KEY_MAX 15
#define RECORD_MAX 0xffff
/** Kept free in each sector for an entry that erases, so that a full area can be emptied. */
#define RESERVE_BYTES (TO_UNIT(PREFIX_BYTES + KEY_MAX) + FLASH_UNIT_BYTES)
/** Bytes that are read at a time, on the stack. */
#define CHUNK_BYTES 32
#define MARK(entry) ((entry)->end - FLASH_UNIT_BYTES)

struct header {
  uint32_t magic, sequence, oldest, crc;
};

/** The place of an entry, and the values that its form holds. */
struct entry {
  uint32_t at, form, key_length, length, end;
};

/** Programs bytes that come in pieces, one unit at a time. */
struct writer {
  uint32_t at, filled;
  uint8_t unit[FLASH_UNIT_BYTES];
  bool is_ok;
};

static const struct flash_chip *chip;
/** The log was found: the chip was not away meanwhile. */
static bool is_open;
/** The chip could not be read at some time since the public function began, so the result of a search may be wrong. */
static bool is_away;
/**
 * The sector that is appended to, NONE before the first save; and the offset in it, which is its end when nothing may be
 * appended.
 */
static uint32_t youngest, free_at;
/** The size of an entry that had no room since the last write; trying again would only wear the flash. */
static uint32_t refused_size;
/** The sequence numbers of the first and last sector of the log. */
static uint32_t last_sequence, oldest_sequence;

/* Words are little-endian in flash on every board. The CRC-32 continues from `crc`, half a byte at a time. */

static uint32_t crc_of(uint32_t crc, const uint8_t *bytes, uint32_t length) {
  static const uint32_t table[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
  };
  for (uint32_t i = 0; i < length; i++) {
    crc ^= bytes[i];
    crc = (crc >> 4) ^ table[crc & 15];
    crc = (crc >> 4) ^ table[crc & 15];
  }
  return crc;
}

static uint32_t word_at(const uint8_t *bytes) {
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void put_word(uint8_t *bytes, uint32_t word) {
  for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(word >> 8 * i);
}

static bool is_blank(const uint8_t *bytes, uint32_t length) {
  for (uint32_t i = 0; i < length; i++)
    if (bytes[i] != 0xff) return false;
  return true;
}

static bool read_chip(uint32_t at, uint8_t *into, uint32_t length) {
  enum flash_answer answer = is_away ? FLASH_AWAY : chip->read(at, into, length);
  if (answer == FLASH_AWAY) is_away = true;
  return answer == FLASH_OK;
}

/* --- sectors ------------------------------------------------------------------------------------------------------- */

static bool read_header(uint32_t sector, struct header *header) {
  for (uint32_t copy = 0; copy < 2; copy++) {
    uint8_t bytes[16];
    if (!read_chip(sector * chip->sector_bytes + copy * HEADER_BYTES, bytes, sizeof bytes)) continue;
    *header = (struct header){word_at(bytes), word_at(bytes + 4), word_at(bytes + 8), word_at(bytes + 12)};
    if (header->magic == SECTOR_MAGIC && header->crc == crc_of(~0u, bytes, 12)) return true;
  }
  return false;
}

/** The sector with this sequence number, NONE when it is not in the log. Sectors of the log mostly follow one another. */
static uint32_t sector_of(uint32_t sequence) {
  struct header header;
  if (youngest == NONE || sequence < oldest_sequence || sequence > last_sequence) return NONE;
  uint32_t guess = (youngest + chip->sectors - (last_sequence - sequence) % chip->sectors) % chip->sectors;
  if (read_header(guess, &header) && header.sequence == sequence) return guess;
  for (uint32_t sector = 0; sector < chip->sectors; sector++)
    if (read_header(sector, &header) && header.sequence == sequence) return sector;
  return NONE;
}

static bool is_free(uint32_t sector) {
  struct header header;
  return !read_header(sector, &header) || sector_of(header.sequence) != sector;
}

/* --- writing ------------------------------------------------------------------------------------------------------- */

static void put(struct writer *writer, const uint8_t *bytes, uint32_t length) {
  for (uint32_t i = 0; i < length && writer->is_ok; i++) {
    writer->unit[writer->filled++] = bytes[i];
    if (writer->filled < FLASH_UNIT_BYTES) continue;
    writer->is_ok = is_blank(writer->unit, FLASH_UNIT_BYTES) || chip->program(writer->at, writer->unit);
    writer->at += FLASH_UNIT_BYTES;
    writer->filled = 0;
  }
}

/** Programs the last unit; the rest of it stays erased. */
static bool finish(struct writer *writer) {
  static const uint8_t blank[1] = {0xff};
  while (writer->is_ok && writer->filled > 0) put(writer, blank, 1);
  return writer->is_ok;
}

static bool program_mark(uint32_t at) {
  static const uint8_t mark[FLASH_UNIT_BYTES];
  return chip->program(at, mark);
}

static bool program_header(uint32_t sector, uint32_t sequence, uint32_t oldest) {
  uint8_t bytes[16];
  put_word(bytes, SECTOR_MAGIC);
  put_word(bytes + 4, sequence);
  put_word(bytes + 8, oldest);
  put_word(bytes + 12, crc_of(~0u, bytes, 12));
  for (uint32_t copy = 0; copy < 2; copy++) {
    struct writer writer = {.at = sector * chip->sector_bytes + copy * HEADER_BYTES, .is_ok = true};
    put(&writer, bytes, sizeof bytes);
    if (!finish(&writer)) return false;
  }
  struct header header;
  return read_header(sector, &header) && header.sequence == sequence;
}

/* --- entries ------------------------------------------------------------------------------------------------------- */

/** The check detects one wrong bit, and a word of only 0 or only 1 bits. */
static uint32_t form_of(uint32_t key_length, uint32_t length, bool erases) {
  uint32_t form = (erases ? FORM_ERASES : 0) | key_length << 16 | length;
  return form | ((form ^ form >> 8 ^ form >> 16 ^ 0x5a) & 0xff) << 24;
}

/** Reads the entry at `at` of a sector that ends at `end`. False when there is none; then nothing after it is looked at. */
static bool read_entry(uint32_t at, uint32_t end, struct entry *entry) {
  uint8_t bytes[8];
  if (at + PREFIX_BYTES > end || !read_chip(at, bytes, sizeof bytes)) return false;
  for (uint32_t copy = 0; copy < 2; copy++) {
    uint32_t form = word_at(bytes + 4 * copy);
    uint32_t key_length = form >> 16 & 0x7f, length = form & RECORD_MAX;
    if (key_length < 1 || key_length > KEY_MAX || form != form_of(key_length, length, form & FORM_ERASES)) continue;
    *entry = (struct entry){at, form, key_length, length, 0};
    entry->end = at + TO_UNIT(PREFIX_BYTES + key_length + length) + FLASH_UNIT_BYTES;
    return entry->end <= end;
  }
  return false;
}

/** Whether the CRC of the entry is right. */
static bool is_whole(const struct entry *entry) {
  uint8_t bytes[CHUNK_BYTES];
  put_word(bytes, entry->form);
  uint32_t crc = crc_of(~0u, bytes, 4);
  uint32_t to = entry->at + PREFIX_BYTES + entry->key_length + entry->length;
  for (uint32_t at = entry->at + PREFIX_BYTES; at < to; at += CHUNK_BYTES) {
    uint32_t count = to - at < CHUNK_BYTES ? to - at : CHUNK_BYTES;
    if (!read_chip(at, bytes, count)) return false;
    crc = crc_of(crc, bytes, count);
  }
  return read_chip(entry->at + 12, bytes, 4) && word_at(bytes) == crc;
}

/** Whether the entry was written to its end. One that cannot be read counts as such. */
static bool is_marked(const struct entry *entry) {
  uint8_t mark[FLASH_UNIT_BYTES];
  return !read_chip(MARK(entry), mark, sizeof mark) || !is_blank(mark, sizeof mark);
}

/** The CRC prevents that a damaged key is taken for another. */
static bool has_key(const struct entry *entry, const char *key, uint32_t key_length) {
  uint8_t stored[8 + KEY_MAX];
  return entry->key_length == key_length && read_chip(entry->at + 8, stored, 8 + key_length) &&
         memcmp(stored + 8, key, key_length) == 0 && word_at(stored) == crc_of(~0u, stored + 8, key_length);
}

/** Finds the entry of `key` that counts: the last one that was not cut off, even if it is damaged. False when there is none. */
static bool find(const char *key, uint32_t key_length, struct entry *found) {
  struct entry entry;
  for (uint32_t back = 0; youngest != NONE && back + oldest_sequence <= last_sequence; back++) {
    uint32_t sector = sector_of(last_sequence - back);
    if (sector == NONE) continue;
    bool is_found = false;
    uint32_t end = (sector + 1) * chip->sector_bytes;
    for (uint32_t at = sector * chip->sector_bytes + ENTRIES_AT; read_entry(at, end, &entry); at = entry.end) {
      if (!has_key(&entry, key, key_length) || (!is_marked(&entry) && !is_whole(&entry))) continue;
      *found = entry;
      is_found = true;
    }
    if (is_found) return true;
  }
  return false;
}

/* --- the log ------------------------------------------------------------------------------------------------------- */

/** Copies `entry` unchanged: a damaged entry stays damaged. */
static bool copy_entry(const struct entry *entry, uint32_t to) {
  uint8_t bytes[CHUNK_BYTES];
  struct writer writer = {.at = to, .is_ok = true};
  put_word(bytes, entry->form);
  put(&writer, bytes, 4);
  put(&writer, bytes, 4);
  uint32_t from = entry->at + PREFIX_BYTES + entry->key_length + entry->length;
  for (uint32_t at = entry->at + 8; at < from; at += CHUNK_BYTES) {
    uint32_t count = from - at < CHUNK_BYTES ? from - at : CHUNK_BYTES;
    for (int tries = 3; !read_chip(at, bytes, count); tries--) {
      if (is_away) return false;
      if (tries > 0) continue;
      memset(bytes, 0, count);
      break;
    }
    put(&writer, bytes, count);
  }
  return finish(&writer) && program_mark(to + (MARK(entry) - entry->at));
}

/** Whether `entry` counts for its key and is a record. An entry that erases is not needed once nothing older is left. */
static bool counts(const struct entry *entry) {
  char key[KEY_MAX];
  struct entry found;
  if (entry->form & FORM_ERASES || !read_chip(entry->at + PREFIX_BYTES, (uint8_t *)key, entry->key_length)) return false;
  return find(key, entry->key_length, &found) && found.at == entry->at;
}

/** Copies the records that count in the oldest sector to `to`; returns the end of the copies, NONE when the chip failed. */
static uint32_t copy_oldest(uint32_t to) {
  struct entry entry;
  uint32_t sector = sector_of(oldest_sequence);
  uint32_t end = (sector + 1) * chip->sector_bytes;
  for (uint32_t at = sector * chip->sector_bytes + ENTRIES_AT; read_entry(at, end, &entry); at = entry.end) {
    bool is_copied = counts(&entry);
    if (is_away || (is_copied && !copy_entry(&entry, to))) return NONE;
    if (is_copied) to += entry.end - entry.at;
  }
  return is_away ? NONE : to;
}

static bool is_erased(uint32_t sector) {
  uint8_t bytes[CHUNK_BYTES];
  for (uint32_t at = 0; at < chip->sector_bytes; at += CHUNK_BYTES) {
    uint32_t count = chip->sector_bytes - at < CHUNK_BYTES ? chip->sector_bytes - at : CHUNK_BYTES;
    if (!read_chip(sector * chip->sector_bytes + at, bytes, count) || !is_blank(bytes, count)) return false;
  }
  return true;
}

/**
 * Makes `sector` the youngest. It is erased now, and not when it became free, because an erase that was cut off leaves
 * unstable bits.
 */
static bool open_sector(uint32_t sector, bool copies) {
  if (is_away || !chip->erase(sector) || !is_erased(sector)) return false;
  uint32_t at = sector * chip->sector_bytes + ENTRIES_AT;
  if (copies && (at = copy_oldest(at)) == NONE) return false;
  uint32_t oldest = oldest_sequence + (copies ? 1 : 0);
  if (!program_header(sector, last_sequence + 1, oldest)) {
    if (!is_away) chip->erase(sector); /* one of its headers may be complete */
    return false;
  }
  youngest = sector;
  last_sequence++;
  oldest_sequence = oldest;
  free_at = at;
  return true;
}

/** Goes on in the next free sector. The last free one first takes the records of the oldest. */
static bool open_next(void) {
  uint32_t free_count = 0;
  uint32_t start = youngest == NONE ? 0 : youngest + 1;
  for (uint32_t sector = 0; sector < chip->sectors; sector++) free_count += is_free(sector);
  for (uint32_t i = 0; i < chip->sectors; i++) {
    uint32_t sector = (start + i) % chip->sectors;
    if (is_free(sector) && open_sector(sector, free_count == 1)) return true;
  }
  return false;
}

static uint32_t youngest_end(void) {
  return youngest == NONE ? 0 : (youngest + 1) * chip->sector_bytes;
}

/** The bytes of all entries that count. */
static uint32_t live_bytes(void) {
  struct entry entry;
  uint32_t sum = 0;
  for (uint32_t sector = 0; sector < chip->sectors; sector++) {
    if (is_free(sector)) continue;
    uint32_t end = (sector + 1) * chip->sector_bytes;
    for (uint32_t at = sector * chip->sector_bytes + ENTRIES_AT; read_entry(at, end, &entry); at = entry.end)
      if (counts(&entry)) sum += entry.end - entry.at;
  }
  return sum;
}

/** Appends to the youngest sector, which must have room. False when the chip failed; then the entry does not count. */
static bool append(const char *key, uint32_t key_length, const uint8_t *bytes, uint32_t length, bool erases) {
  uint8_t prefix[PREFIX_BYTES];
  struct entry entry;
  struct writer writer = {.at = free_at, .is_ok = true};
  put_word(prefix, form_of(key_length, length, erases));
  put_word(prefix + 4, word_at(prefix));
  put_word(prefix + 8, crc_of(~0u, (const uint8_t *)key, key_length));
  put_word(prefix + 12, crc_of(crc_of(crc_of(~0u, prefix, 4), (const uint8_t *)key, key_length), bytes, length));
  put(&writer, prefix, sizeof prefix);
  put(&writer, (const uint8_t *)key, key_length);
  put(&writer, bytes, length);
  if (!finish(&writer) || !read_entry(free_at, youngest_end(), &entry) || !is_whole(&entry)) return false;
  return program_mark(MARK(&entry));
}

static bool write_entry(const char *key, const uint8_t *bytes, uint32_t length, bool erases) {
  uint32_t key_length = (uint32_t)strlen(key);
  uint32_t size = TO_UNIT(PREFIX_BYTES + key_length + length) + FLASH_UNIT_BYTES;
  uint32_t reserve = erases ? 0 : RESERVE_BYTES;
  uint32_t room = chip->sector_bytes - ENTRIES_AT - reserve;
  if (key_length < 1 || key_length > KEY_MAX || length > RECORD_MAX || size > room) return false;
  for (uint32_t tries = 0; tries <= chip->sectors; tries++) {
    if (free_at + size + reserve <= youngest_end()) {
      if (append(key, key_length, bytes, length, erases)) {
        free_at += size;
        refused_size = NONE;
        return true;
      }
      free_at = youngest_end(); /* after a failure nothing more is appended here */
    }
    if (!erases && tries == 0 && (size >= refused_size || live_bytes() + size > (chip->sectors - 1) * room)) return false;
    if (!open_next()) return false;
  }
  refused_size = size;
  return false;
}

/** Looks for the log; false while the chip is away. */
static bool find_log(void) {
  struct header header;
  struct entry entry;
  is_away = false;
  if (is_open) return true;
  youngest = NONE;
  free_at = 0;
  last_sequence = 0;
  oldest_sequence = 1;
  refused_size = NONE;
  for (uint32_t sector = 0; sector < chip->sectors; sector++) {
    if (!read_header(sector, &header) || (youngest != NONE && header.sequence < last_sequence)) continue;
    youngest = sector;
    last_sequence = header.sequence;
    oldest_sequence = header.oldest;
  }
  is_open = !is_away;
  if (youngest == NONE) return is_open;
  free_at = youngest * chip->sector_bytes + ENTRIES_AT;
  while (read_entry(free_at, youngest_end(), &entry)) free_at = entry.end;
  uint8_t rest[CHUNK_BYTES]; /* a form that was cut off: nothing is written after it */
  if (free_at + PREFIX_BYTES > youngest_end() || !read_chip(free_at, rest, PREFIX_BYTES) || !is_blank(rest, PREFIX_BYTES))
    free_at = youngest_end();
  is_open = !is_away;
  return is_open;
}

void flash_open(const struct flash_chip *with) {
  chip = with;
  is_open = false;
  find_log();
}

int32_t flash_load(const char *key, uint8_t *into, uint32_t size) {
  struct entry entry;
  uint32_t key_length = (uint32_t)strlen(key);
  if (!find_log()) return FLASH_NOT_NOW;
  bool is_found = find(key, key_length, &entry) && !(entry.form & FORM_ERASES);
  bool is_good = is_found && is_whole(&entry);
  uint32_t count = is_good && entry.length < size ? entry.length : size;
  if (is_good && count > 0) is_good = read_chip(entry.at + PREFIX_BYTES + key_length, into, count);
  if (is_away) return FLASH_NOT_NOW;
  return !is_found ? FLASH_NONE : is_good ? (int32_t)entry.length : FLASH_UNREADABLE;
}

/** After a write during which the chip was away, the log is looked for again, as after a reset. */
static bool settle(bool is_done) {
  is_open = is_open && !is_away;
  return is_done;
}

bool flash_save(const char *key, const uint8_t *bytes, uint32_t length) {
  return settle(find_log() && write_entry(key, bytes, length, false));
}

bool flash_erase(const char *key) {
  struct entry entry;
  if (!find_log()) return false;
  bool is_found = find(key, (uint32_t)strlen(key), &entry) && !(entry.form & FORM_ERASES);
  return settle(!is_away && (!is_found || write_entry(key, NULL, 0, true)));
}
