/**
 * The functions of list.h, once for all engines: each takes its arguments from the engine, calls the board, and returns the
 * result. The glue of an engine (host.c) includes this file after its own part of it:
 *
 *   struct call, answer      the arguments of one call; the type of a result
 *   number, boolean, string, nothing      make a result
 *   uint32_at, bool_at       read an argument
 *   text_at                  the text of an argument, NULL when there is no memory for it; good until the next call of these
 *   bytes_at                 the bytes of an array, NULL when there is no room for them; `length` is set in any case
 *   room_at                  room for as many bytes as an array has, or fewer: `size`; it may hold what bytes_at returned
 *   fill_at                  puts the first `count` bytes of that room into the array
 */
#include <string.h>

#include "board.h"

#define KEY_BYTES 16

/** False: there was no memory for it. */
static bool copy_key(struct call *call, char key[KEY_BYTES]) {
  const char *text = text_at(call, 0);
  key[0] = 0;
  if (text) strncat(key, text, KEY_BYTES - 1);
  return text != NULL;
}

static answer host_load(struct call *call) {
  char key[KEY_BYTES];
  uint32_t size;
  if (!copy_key(call, key)) return number(call, -3);
  uint8_t *into = room_at(call, 1, &size);
  int32_t length = board_load(key, into, size);
  if (length > 0) fill_at(call, 1, (uint32_t)length < size ? (uint32_t)length : size);
  return number(call, length);
}

static answer host_save(struct call *call) {
  char key[KEY_BYTES];
  uint32_t length;
  if (!copy_key(call, key)) return boolean(call, false);
  const uint8_t *bytes = bytes_at(call, 1, &length);
  return boolean(call, bytes && board_save(key, bytes, length));
}

static answer host_erase(struct call *call) {
  char key[KEY_BYTES];
  return boolean(call, copy_key(call, key) && board_erase(key));
}

static answer host_posix_seconds(struct call *call) {
  return number(call, board_posix_seconds());
}

static answer host_monotonic_seconds(struct call *call) {
  return number(call, board_monotonic_seconds());
}

static answer host_start(struct call *call) {
  const char *json = text_at(call, 0);
  return number(call, json ? board_start(json) : 2);
}

static answer host_log(struct call *call) {
  const char *line = text_at(call, 0);
  if (line) board_log(line);
  return nothing(call);
}

#ifdef BOARD_OPTIONS
static answer host_options(struct call *call) {
  return string(call, BOARD_OPTIONS);
}
#endif

#if defined(BOARD_MODEM) || defined(BOARD_SMS) || defined(BOARD_UDP)
static answer receive(struct call *call, uint32_t (*next)(uint8_t *into, uint32_t size)) {
  uint32_t size;
  uint8_t *into = room_at(call, 0, &size);
  uint32_t length = next(into, size);
  fill_at(call, 0, length < size ? length : size);
  return number(call, length);
}
#endif

#ifdef BOARD_MODEM
static answer host_read(struct call *call) {
  return receive(call, board_read);
}

static answer host_write(struct call *call) {
  uint32_t length;
  const uint8_t *bytes = bytes_at(call, 0, &length);
  if (bytes) board_write(bytes, length);
  return nothing(call);
}
#endif

#ifdef BOARD_SMS
static answer host_sms(struct call *call) {
  return receive(call, board_sms);
}
#endif

#ifdef BOARD_SMS_SETTLED
static answer host_sms_settled(struct call *call) {
  board_sms_settled(bool_at(call, 0));
  return nothing(call);
}
#endif

#ifdef BOARD_UDP
static answer host_datagram(struct call *call) {
  return receive(call, board_datagram);
}
#endif

#ifdef BOARD_BEARERS
static answer host_is_available(struct call *call) {
  return boolean(call, board_is_available(uint32_at(call, 0)));
}
#endif

#ifdef BOARD_UI
static answer host_ui(struct call *call) {
  const char *json = text_at(call, 0);
  if (json) board_ui(json, bool_at(call, 1));
  return nothing(call);
}
#endif

#ifdef BOARD_SHA256
static answer host_sha256(struct call *call) {
  uint32_t length, size;
  uint8_t digest[32];
  const uint8_t *message = bytes_at(call, 0, &length);
  if (!message) return nothing(call);
  board_sha256(message, length, digest);
  uint8_t *into = room_at(call, 1, &size);
  if (size < sizeof digest) return nothing(call);
  memcpy(into, digest, sizeof digest);
  fill_at(call, 1, sizeof digest);
  return nothing(call);
}
#endif
