/** The host functions in JerryScript 3, over a board's functions in C (../host-functions/board.h). */
#include <stdlib.h>
#include <string.h>

#include "../host-functions/board.h"
#include "jerryscript.h"

/** The size of a text for the log, including its end; a longer text is cut off. */
#define LINE_BYTES 128

/** Copies as much of a text as fits, and ends it with 0, which JerryScript's texts do not have. */
static void copy_text(jerry_value_t value, char *text, jerry_size_t size) {
  text[jerry_string_to_buffer(value, JERRY_ENCODING_UTF8, (jerry_char_t *)text, size - 1)] = 0;
}

/* --- for functions.h ------------------------------------------------------------------------------------------------ */

struct call {
  const jerry_value_t *argv;
  char *text; /* of text_at; freed when the call ends */
};
typedef jerry_value_t answer;

static answer number(struct call *call, double value) {
  return (void)call, jerry_number(value);
}

static answer boolean(struct call *call, bool value) {
  return (void)call, jerry_boolean(value);
}

static answer nothing(struct call *call) {
  return (void)call, jerry_undefined();
}

#ifdef BOARD_OPTIONS
static answer string(struct call *call, const char *text) {
  return (void)call, jerry_string_sz(text);
}
#endif

#ifdef BOARD_BEARERS
static uint32_t uint32_at(struct call *call, int index) {
  return jerry_value_as_uint32(call->argv[index]);
}
#endif

#if defined(BOARD_UI) || defined(BOARD_SMS_SETTLED)
static bool bool_at(struct call *call, int index) {
  return jerry_value_is_true(call->argv[index]);
}
#endif

static const char *text_at(struct call *call, int index) {
  jerry_size_t size = jerry_string_size(call->argv[index], JERRY_ENCODING_UTF8) + 1;
  free(call->text);
  call->text = malloc(size);
  if (call->text) copy_text(call->argv[index], call->text, size);
  return call->text;
}

/** The memory of an array, which stays where it is while the array lives. The engine takes it at its first use: size 0 when there was none. */
static uint8_t *room_at(struct call *call, int index, uint32_t *size) {
  static uint8_t none[1];
  jerry_size_t offset, length;
  jerry_value_t buffer = jerry_typedarray_buffer(call->argv[index], &offset, &length);
  uint8_t *bytes = jerry_arraybuffer_data(buffer);
  jerry_value_free(buffer); /* the array keeps it alive */
  *size = bytes ? length : 0;
  return bytes ? bytes + offset : none;
}

static const uint8_t *bytes_at(struct call *call, int index, uint32_t *length) {
  const uint8_t *bytes = room_at(call, index, length);
  return *length == jerry_typedarray_length(call->argv[index]) ? bytes : NULL;
}

/** The room is the array. */
static void fill_at(struct call *call, int index, uint32_t count) {
  (void)call, (void)index, (void)count;
}

#include "../host-functions/functions.h"

#define FUNCTION(name, arguments, function) \
  static jerry_value_t jerry_host_##function(const jerry_call_info_t *info, const jerry_value_t argv[], jerry_length_t argc) { \
    struct call call = {argv, NULL}; \
    jerry_value_t result = host_##function(&call); \
    free(call.text); \
    return (void)info, (void)argc, result; \
  }
#include "../host-functions/list.h"
#undef FUNCTION

/* --- the engine ----------------------------------------------------------------------------------------------------- */

static void add(jerry_value_t object, const char *name, jerry_external_handler_t handler) {
  jerry_value_t function = jerry_function_external(handler);
  jerry_value_free(jerry_object_set_sz(object, name, function));
  jerry_value_free(function);
}

/** Frees `result`; logs its exception. */
static bool is_ok(jerry_value_t result) {
  if (!jerry_value_is_exception(result)) {
    jerry_value_free(result);
    return true;
  }
  char line[LINE_BYTES];
  jerry_value_t error = jerry_exception_value(result, true);
  jerry_value_t text = jerry_value_to_string(error);
  copy_text(text, line, sizeof line);
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
#define FUNCTION(name, arguments, function) add(host, #name, jerry_host_##function);
#include "../host-functions/list.h"
#undef FUNCTION
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
