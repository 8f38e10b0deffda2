/** The host functions in Duktape 2, over a board's functions in C (../host-functions/board.h). */
#include <duktape.h>

#include "../host-functions/board.h"

static duk_context *engine;

static duk_ret_t host_load(duk_context *ctx) {
  duk_size_t size;
  uint8_t *into = duk_require_buffer_data(ctx, 1, &size); /* minds the offset of a view */
  duk_push_int(ctx, board_load(duk_require_string(ctx, 0), into, (uint32_t)size));
  return 1;
}

static duk_ret_t host_save(duk_context *ctx) {
  duk_size_t size;
  const uint8_t *bytes = duk_require_buffer_data(ctx, 1, &size);
  duk_push_boolean(ctx, board_save(duk_require_string(ctx, 0), bytes, (uint32_t)size));
  return 1;
}

static duk_ret_t host_erase(duk_context *ctx) {
  duk_push_boolean(ctx, board_erase(duk_require_string(ctx, 0)));
  return 1;
}

static duk_ret_t host_posix_seconds(duk_context *ctx) {
  duk_push_uint(ctx, board_posix_seconds());
  return 1;
}

static duk_ret_t host_monotonic_seconds(duk_context *ctx) {
  duk_push_uint(ctx, board_monotonic_seconds());
  return 1;
}

static duk_ret_t host_start(duk_context *ctx) {
  duk_push_int(ctx, board_start(duk_require_string(ctx, 0)));
  return 1;
}

static duk_ret_t host_log(duk_context *ctx) {
  board_log(duk_require_string(ctx, 0));
  return 0;
}

#ifdef BOARD_OPTIONS
static duk_ret_t host_options(duk_context *ctx) {
  duk_push_string(ctx, BOARD_OPTIONS);
  return 1;
}
#endif

#if defined(BOARD_MODEM) || defined(BOARD_SMS) || defined(BOARD_UDP)
static duk_ret_t receive(duk_context *ctx, uint32_t (*next)(uint8_t *into, uint32_t size)) {
  duk_size_t size;
  uint8_t *into = duk_require_buffer_data(ctx, 0, &size);
  duk_push_uint(ctx, next(into, (uint32_t)size));
  return 1;
}
#endif

#ifdef BOARD_MODEM
static duk_ret_t host_read(duk_context *ctx) {
  return receive(ctx, board_read);
}

static duk_ret_t host_write(duk_context *ctx) {
  duk_size_t size;
  const uint8_t *bytes = duk_require_buffer_data(ctx, 0, &size);
  board_write(bytes, (uint32_t)size);
  return 0;
}
#endif

#ifdef BOARD_SMS
static duk_ret_t host_sms(duk_context *ctx) {
  return receive(ctx, board_sms);
}
#endif

#ifdef BOARD_UDP
static duk_ret_t host_datagram(duk_context *ctx) {
  return receive(ctx, board_datagram);
}
#endif

#ifdef BOARD_BEARERS
static duk_ret_t host_is_available(duk_context *ctx) {
  duk_push_boolean(ctx, board_is_available(duk_require_uint(ctx, 0)));
  return 1;
}
#endif

#ifdef BOARD_UI
static duk_ret_t host_ui(duk_context *ctx) {
  board_ui(duk_require_string(ctx, 0), duk_require_boolean(ctx, 1));
  return 0;
}
#endif

#ifdef BOARD_SHA256
static duk_ret_t host_sha256(duk_context *ctx) {
  duk_size_t length, size;
  const uint8_t *message = duk_require_buffer_data(ctx, 0, &length);
  uint8_t *digest = duk_require_buffer_data(ctx, 1, &size);
  if (size == 32) board_sha256(message, (uint32_t)length, digest);
  return 0;
}
#endif

static const duk_function_list_entry HOST[] = {
  {"load", host_load, 2},
  {"save", host_save, 2},
  {"erase", host_erase, 1},
  {"posixSeconds", host_posix_seconds, 0},
  {"monotonicSeconds", host_monotonic_seconds, 0},
  {"start", host_start, 1},
  {"log", host_log, 1},
#ifdef BOARD_OPTIONS
  {"options", host_options, 0},
#endif
#ifdef BOARD_MODEM
  {"read", host_read, 1},
  {"write", host_write, 1},
#endif
#ifdef BOARD_SMS
  {"sms", host_sms, 1},
#endif
#ifdef BOARD_UDP
  {"datagram", host_datagram, 1},
#endif
#ifdef BOARD_BEARERS
  {"isAvailable", host_is_available, 1},
#endif
#ifdef BOARD_UI
  {"ui", host_ui, 2},
#endif
#ifdef BOARD_SHA256
  {"sha256", host_sha256, 2},
#endif
  {NULL, NULL, 0},
};

/** Takes a result, or what was thrown, off the stack. */
static bool is_ok(duk_int_t failure) {
  if (failure) board_log(duk_safe_to_string(engine, -1));
  return failure == 0;
}

bool host_open(uint8_t *bundle, size_t length) {
  engine = duk_create_heap_default(); /* or duk_create_heap with the allocator of the firmware */
  if (!engine) return false;
  duk_push_object(engine);
  duk_put_function_list(engine, -1, HOST);
  duk_put_global_string(engine, "host");
  bool is_open = is_ok(duk_peval_lstring(engine, (const char *)bundle, length));
  duk_pop(engine);
  return is_open;
}

int host_call(const char *name, const char *first, const char *second) {
  duk_get_global_string(engine, "pkg0");
  duk_push_string(engine, name);
  if (first) duk_push_string(engine, first);
  if (second) duk_push_string(engine, second);
  bool is_done = is_ok(duk_pcall_prop(engine, -2 - (first != NULL) - (second != NULL), (first != NULL) + (second != NULL)));
  int status = is_done ? duk_to_int(engine, -1) : -1; /* of undefined, 0 */
  duk_pop_2(engine);
  return status;
}
