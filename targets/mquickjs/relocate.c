/**
 * Relocates bytecode, on a desktop, to the address in flash at which it will run, so that a board needs no copy of it in
 * RAM: relocate PKG0.BIN OUT BYTECODE_ADDRESS TABLE_ADDRESS, TABLE_ADDRESS is that of js_stdlib_table in the firmware.
 * Compile it with 32 bits and with the mqjs_stdlib.h of the firmware, because names in that table become pointers into it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../host-functions/board.h"
#include "mquickjs.h"

extern const JSSTDLibraryDef js_stdlib; /* host.c's */

/* The table refers to the host functions, which call these; none of them runs here. */
int32_t board_load(const char *key, uint8_t *into, uint32_t size) { return (void)key, (void)into, (void)size, -1; }
bool board_save(const char *key, const uint8_t *bytes, uint32_t length) { return (void)key, (void)bytes, (void)length, false; }
bool board_erase(const char *key) { return (void)key, false; }
uint32_t board_posix_seconds(void) { return 0; }
uint32_t board_monotonic_seconds(void) { return 0; }
int board_start(const char *json) { return (void)json, 1; }
void board_log(const char *line) { puts(line); }
uint32_t board_read(uint8_t *into, uint32_t size) { return (void)into, (void)size, 0; }
void board_write(const uint8_t *bytes, uint32_t length) { (void)bytes, (void)length; }
uint32_t board_sms(uint8_t *into, uint32_t size) { return (void)into, (void)size, 0; }
void board_sms_settled(bool is_settled) { (void)is_settled; }
uint32_t board_datagram(uint8_t *into, uint32_t size) { return (void)into, (void)size, 0; }
bool board_is_available(uint32_t bearer) { return (void)bearer, false; }
void board_ui(const char *json, bool asks) { (void)json, (void)asks; }
void board_sha256(const uint8_t *message, uint32_t length, uint8_t digest[32]) { (void)message, (void)length, (void)digest; }

static uint32_t words_of(const char *path, uint32_t **words) {
  FILE *file = fopen(path, "rb");
  if (!file) return 0;
  fseek(file, 0, SEEK_END);
  uint32_t length = (uint32_t)ftell(file);
  rewind(file);
  *words = malloc(length + 4);
  if (!*words || fread(*words, 1, length, file) != length) length = 0;
  fclose(file);
  return length & ~3u;
}

/** Relocates `words` for `base`; with `names`, those of the table become pointers into it. */
static bool relocate(JSContext *engine, uint32_t *words, uint32_t length, uint32_t base, bool names) {
  JSBytecodeHeader *header = (JSBytecodeHeader *)words;
  return JS_RelocateBytecode2(engine, header, (uint8_t *)(header + 1), length - sizeof *header, base, names) == 0;
}

int main(int argc, char **argv) {
  static uint8_t heap[65536];
  uint32_t *moved, *named;
  if (argc != 5) return 2;
  uint32_t length = words_of(argv[1], &moved);
  if (length < sizeof(JSBytecodeHeader) || words_of(argv[1], &named) != length) return 2;
  uint32_t here = (uint32_t)(uintptr_t)((JSBytecodeHeader *)named + 1);
  uint32_t flash = (uint32_t)strtoul(argv[3], NULL, 16) + sizeof(JSBytecodeHeader);
  uint32_t table = (uint32_t)strtoul(argv[4], NULL, 16) - (uint32_t)(uintptr_t)js_stdlib.stdlib_table;
  JSContext *engine = JS_NewContext(heap, sizeof heap, &js_stdlib);
  /* the two differ in the names, which are pointers into the table of this program */
  if (!relocate(engine, moved, length, here, false) || !relocate(engine, named, length, here, true)) {
    fprintf(stderr, "%s: no bytecode of this engine for 32 bits\n", argv[1]);
    return 1;
  }
  uint32_t *original;
  if (words_of(argv[1], &original) != length) return 2;
  for (uint32_t i = 0; i < length / 4; i++) {
    if (named[i] != moved[i]) named[i] += table;
    else if (moved[i] != original[i]) named[i] += flash - here;
  }
  FILE *file = fopen(argv[2], "wb");
  return file && fwrite(named, 1, length, file) == length && fclose(file) == 0 ? 0 : 2;
}
