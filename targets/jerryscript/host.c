/** The host functions in JerryScript 3, over a board's functions in C (../host-functions/board.h). */
#include <stdlib.h>
#include <string.h>

#include "../host-functions/board.h"
#include "jerryscript.h"

/** The size of a text for people, with its end; a longer text is cut. */
#define LINE_BYTES 128

/** The memory of a Uint8Array, which stays where it is while the array lives. Taken at its first use: size 0 where there was none. */
static uint8_t *bytes_of(jerry_value_t array, uint32_t *size) {
  jerry_size_t offset, length;
  jerry_value_t buffer = jerry_typedarray_buffer(array, &offset, &length);
  uint8_t *bytes = jerry_arraybuffer_data(buffer);
  jerry_value_free(buffer); /* the array holds it */
  *size = bytes ? length : 0;
  return bytes ? bytes + offset : NULL;
}

/** Copies as much of a text as fits; no text of JerryScript ends with 0. */
static void text_of(jerry_value_t value, char *text, jerry_size_t size) {
  text[jerry_string_to_buffer(value, JERRY_ENCODING_UTF8, (jerry_char_t *)text, size - 1)] = 0;
}

#define HOST(name) static jerry_value_t name(const jerry_call_info_t *info, const jerry_value_t argv[], jerry_length_t argc)

HOST(host_load) {
  char key[16];
  uint32_t size;
  uint8_t *into = bytes_of(argv[1], &size);
  text_of(argv[0], key, sizeof key);
  return jerry_number(board_load(key, into, size));
}

HOST(host_save) {
  char key[16];
  uint32_t length;
  const uint8_t *bytes = bytes_of(argv[1], &length);
  text_of(argv[0], key, sizeof key);
  return jerry_boolean(board_save(key, bytes, length));
}

HOST(host_erase) {
  char key[16];
  text_of(argv[0], key, sizeof key);
  return jerry_boolean(board_erase(key));
}

HOST(host_posix_seconds) {
  return jerry_number(board_posix_seconds());
}

HOST(host_monotonic_seconds) {
  return jerry_number(board_monotonic_seconds());
}

HOST(host_start) {
  jerry_size_t size = jerry_string_size(argv[0], JERRY_ENCODING_UTF8) + 1;
  char *json = malloc(size);
  if (!json) return jerry_number(2);
  text_of(argv[0], json, size);
  int answer = board_start(json);
  free(json);
  return jerry_number(answer);
}

HOST(host_log) {
  char line[LINE_BYTES];
  text_of(argv[0], line, sizeof line);
  board_log(line);
  return jerry_undefined();
}

#ifdef BOARD_OPTIONS
HOST(host_options) {
  return jerry_string_sz(BOARD_OPTIONS);
}
#endif

#if defined(BOARD_MODEM) || defined(BOARD_SMS) || defined(BOARD_UDP)
static jerry_value_t receive(jerry_value_t array, uint32_t (*next)(uint8_t *into, uint32_t size)) {
  uint32_t size;
  uint8_t *into = bytes_of(array, &size);
  return jerry_number(next(into, size));
}
#endif

#ifdef BOARD_MODEM
HOST(host_read) {
  return receive(argv[0], board_read);
}

HOST(host_write) {
  uint32_t length;
  const uint8_t *bytes = bytes_of(argv[0], &length);
  board_write(bytes, length);
  return jerry_undefined();
}
#endif

#ifdef BOARD_SMS
HOST(host_sms) {
  return receive(argv[0], board_sms);
}
#endif

#ifdef BOARD_UDP
HOST(host_datagram) {
  return receive(argv[0], board_datagram);
}
#endif

#ifdef BOARD_BEARERS
HOST(host_is_available) {
  return jerry_boolean(board_is_available(jerry_value_as_uint32(argv[0])));
}
#endif

#ifdef BOARD_UI
HOST(host_ui) {
  jerry_size_t size = jerry_string_size(argv[0], JERRY_ENCODING_UTF8) + 1;
  char *json = malloc(size);
  if (!json) return jerry_undefined();
  text_of(argv[0], json, size);
  board_ui(json, jerry_value_is_true(argv[1]));
  free(json);
  return jerry_undefined();
}
#endif

#ifdef BOARD_SHA256
HOST(host_sha256) {
  uint32_t length, size;
  const uint8_t *message = bytes_of(argv[0], &length);
  uint8_t *digest = bytes_of(argv[1], &size);
  if (size == 32) board_sha256(message, length, digest);
  return jerry_undefined();
}
#endif

static void add(jerry_value_t object, const char *name, jerry_external_handler_t handler) {
  jerry_value_t function = jerry_function_external(handler);
  jerry_value_free(jerry_object_set_sz(object, name, function));
  jerry_value_free(function);
}

/** Gives `result` back; says what was thrown. */
static bool is_ok(jerry_value_t result) {
  if (!jerry_value_is_exception(result)) {
    jerry_value_free(result);
    return true;
  }
  char line[LINE_BYTES];
  jerry_value_t error = jerry_exception_value(result, true);
  jerry_value_t text = jerry_value_to_string(error);
  text_of(text, line, sizeof line);
  board_log(line);
  jerry_value_free(text);
  jerry_value_free(error);
  return false;
}

static jerry_value_t run(const uint8_t *bundle, size_t length) {
  if (length > 4 && memcmp(bundle, "JRRY", 4) == 0)
    return jerry_exec_snapshot((const uint32_t *)(const void *)bundle, length, 0, 0, NULL);
  jerry_value_t script = jerry_parse(bundle, length, NULL);
  if (jerry_value_is_exception(script)) return script;
  jerry_value_t result = jerry_run(script);
  jerry_value_free(script);
  return result;
}

bool host_open(uint8_t *bundle, size_t length) {
  jerry_init(JERRY_INIT_EMPTY);
  jerry_value_t host = jerry_object();
  add(host, "load", host_load);
  add(host, "save", host_save);
  add(host, "erase", host_erase);
  add(host, "posixSeconds", host_posix_seconds);
  add(host, "monotonicSeconds", host_monotonic_seconds);
  add(host, "start", host_start);
  add(host, "log", host_log);
#ifdef BOARD_OPTIONS
  add(host, "options", host_options);
#endif
#ifdef BOARD_MODEM
  add(host, "read", host_read);
  add(host, "write", host_write);
#endif
#ifdef BOARD_SMS
  add(host, "sms", host_sms);
#endif
#ifdef BOARD_UDP
  add(host, "datagram", host_datagram);
#endif
#ifdef BOARD_BEARERS
  add(host, "isAvailable", host_is_available);
#endif
#ifdef BOARD_UI
  add(host, "ui", host_ui);
#endif
#ifdef BOARD_SHA256
  add(host, "sha256", host_sha256);
#endif
  jerry_value_t global = jerry_current_realm();
  jerry_value_free(jerry_object_set_sz(global, "host", host));
  jerry_value_free(global);
  jerry_value_free(host);
  return is_ok(run(bundle, length));
}

int host_call(const char *name, const char *first, const char *second) {
  jerry_value_t global = jerry_current_realm();
  jerry_value_t api = jerry_object_get_sz(global, "pkg0");
  jerry_value_t function = jerry_object_get_sz(api, name);
  jerry_value_t texts[] = {jerry_string_sz(first ? first : ""), jerry_string_sz(second ? second : "")};
  jerry_value_t result = jerry_call(function, api, texts, (first != NULL) + (second != NULL));
  int status = jerry_value_is_exception(result) ? -1 : jerry_value_is_number(result) ? jerry_value_as_int32(result) : 0;
  is_ok(result);
  jerry_value_free(texts[1]);
  jerry_value_free(texts[0]);
  jerry_value_free(function);
  jerry_value_free(api);
  jerry_value_free(global);
  return status;
}
