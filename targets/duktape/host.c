/** The host functions in Duktape 2, over a board's functions in C (../host-functions/board.h). */
#include <duktape.h>

#include "../host-functions/board.h"

static duk_context *engine;

/* --- for functions.h ------------------------------------------------------------------------------------------------ */

struct call {
  duk_context *ctx;
};
/** How many results lie on the stack. */
typedef duk_ret_t answer;

static answer number(struct call *call, double value) {
  duk_push_number(call->ctx, value);
  return 1;
}

static answer boolean(struct call *call, bool value) {
  duk_push_boolean(call->ctx, value);
  return 1;
}

static answer nothing(struct call *call) {
  return (void)call, 0;
}

#ifdef BOARD_OPTIONS
static answer string(struct call *call, const char *text) {
  duk_push_string(call->ctx, text);
  return 1;
}
#endif

#ifdef BOARD_BEARERS
static uint32_t uint32_at(struct call *call, int index) {
  return duk_require_uint(call->ctx, index);
}
#endif

#if defined(BOARD_UI) || defined(BOARD_SMS_SETTLED)
static bool bool_at(struct call *call, int index) {
  return duk_require_boolean(call->ctx, index);
}
#endif

static const char *text_at(struct call *call, int index) {
  return duk_require_string(call->ctx, index);
}

/** The memory of an array, which stays where it is; respects the offset of a view. */
static uint8_t *room_at(struct call *call, int index, uint32_t *size) {
  static uint8_t none[1];
  duk_size_t length;
  uint8_t *bytes = duk_require_buffer_data(call->ctx, index, &length);
  *size = (uint32_t)length;
  return bytes ? bytes : none;
}

static const uint8_t *bytes_at(struct call *call, int index, uint32_t *length) {
  return room_at(call, index, length);
}

/** The room is the array. */
static void fill_at(struct call *call, int index, uint32_t count) {
  (void)call, (void)index, (void)count;
}

#include "../host-functions/functions.h"

#define FUNCTION(name, arguments, function) \
  static duk_ret_t duk_host_##function(duk_context *ctx) { return host_##function(&(struct call){ctx}); }
#include "../host-functions/list.h"
#undef FUNCTION

#define FUNCTION(name, arguments, function) {#name, duk_host_##function, arguments},
static const duk_function_list_entry HOST[] = {
#include "../host-functions/list.h"
  {NULL, NULL, 0},
};
#undef FUNCTION

/* --- the engine ----------------------------------------------------------------------------------------------------- */

/** Removes a result or an exception from the stack, and logs the exception. */
static bool is_ok(duk_int_t failure) {
  if (failure) board_log(duk_safe_to_string(engine, -1));
  return failure == 0;
}

bool host_open(uint8_t *bundle, size_t length) {
  engine = duk_create_heap_default(); /* or duk_create_heap, with the firmware's allocator */
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
