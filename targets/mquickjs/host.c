/**
 * The host functions in MicroQuickJS, over a board's functions in C (../host-functions/board.h). Its C API gives no access
 * to the memory of a typed array, so bytes are copied through `bytes`, one by one. A call of the engine that allocates may
 * move every object; only references on the engine's stack (argv, and values given to JS_PushArg) are updated.
 */
#include "../host-functions/board.h"
#include "mquickjs.h"

/** The heap in addition to the bytecode: 32 KB on a 32-bit board. README.md has the measurements. */
#ifndef HOST_HEAP_BYTES
#define HOST_HEAP_BYTES (8 * 1024 * sizeof(void *))
#endif
/** A longer record is not saved; four pending sessions of 450 bytes each fit. At least 1100, for a datagram. */
#ifndef HOST_BYTES
#define HOST_BYTES 2048
#endif

static _Alignas(8) uint8_t heap[HOST_HEAP_BYTES];
static uint8_t bytes[HOST_BYTES];
static JSContext *engine;
/** pkg0, and what is called all the time: to look a name up takes 2,000 instructions. */
static JSGCRef api;
static struct {
  const char *name;
  JSGCRef function;
} frequent[] = {{.name = "poll"}, {.name = "tick"}};
#define FREQUENT (sizeof frequent / sizeof *frequent)

/* --- for functions.h ------------------------------------------------------------------------------------------------ */

struct call {
  JSContext *ctx;
  JSValue *argv;
};
typedef JSValue answer;

static answer number(struct call *call, int64_t value) {
  return JS_NewInt64(call->ctx, value);
}

static answer boolean(struct call *call, bool value) {
  return (void)call, JS_NewBool(value);
}

static answer nothing(struct call *call) {
  return (void)call, JS_UNDEFINED;
}

#ifdef BOARD_OPTIONS
static answer string(struct call *call, const char *text) {
  return JS_NewString(call->ctx, text);
}
#endif

#ifdef BOARD_BEARERS
static uint32_t uint32_at(struct call *call, int index) {
  uint32_t value = 0;
  JS_ToUint32(call->ctx, &value, call->argv[index]);
  return value;
}
#endif

#if defined(BOARD_UI) || defined(BOARD_SMS_SETTLED)
static bool bool_at(struct call *call, int index) {
  return call->argv[index] == JS_TRUE;
}
#endif

/** The engine's own text, which moves when the engine allocates; a very short one is in the value itself, and is copied. */
static const char *text_at(struct call *call, int index) {
  static JSCStringBuf copy;
  return JS_ToCString(call->ctx, call->argv[index], &copy);
}

static uint32_t length_at(struct call *call, int index) {
  uint32_t length = 0;
  JSValue value = JS_GetPropertyStr(call->ctx, call->argv[index], "length");
  return JS_ToUint32(call->ctx, &length, value) ? 0 : length;
}

static const uint8_t *bytes_at(struct call *call, int index, uint32_t *length) {
  *length = length_at(call, index);
  if (*length > HOST_BYTES) return NULL;
  for (uint32_t i = 0; i < *length; i++) {
    uint32_t octet = 0;
    JS_ToUint32(call->ctx, &octet, JS_GetPropertyUint32(call->ctx, call->argv[index], i));
    bytes[i] = (uint8_t)octet;
  }
  return bytes;
}

static uint8_t *room_at(struct call *call, int index, uint32_t *size) {
  uint32_t length = length_at(call, index);
  *size = length < HOST_BYTES ? length : HOST_BYTES;
  return bytes;
}

static void fill_at(struct call *call, int index, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) JS_SetPropertyUint32(call->ctx, call->argv[index], i, JS_NewInt32(call->ctx, bytes[i]));
}

#include "../host-functions/functions.h"

#define FUNCTION(name, arguments, function) \
  static JSValue js_host_##function(JSContext *ctx, JSValue *this_val, int argc, JSValue *argv) { \
    return (void)this_val, (void)argc, host_##function(&(struct call){ctx, argv}); \
  }
#include "../host-functions/list.h"
#undef FUNCTION

/* --- the engine ----------------------------------------------------------------------------------------------------- */

#include "mqjs_stdlib.h" /* made by the generator; it refers to the functions js_host_* */

/** Logs the exception and clears it. Texts of exceptions are short, except for a stack. */
static void log_exception(void) {
  JSCStringBuf buffer;
  const char *text = JS_ToCString(engine, JS_GetException(engine), &buffer);
  board_log(text ? text : "exception");
}

bool host_open(uint8_t *bundle, size_t length) {
  engine = JS_NewContext(heap, sizeof heap, &js_stdlib);
  const JSBytecodeHeader *header = (const JSBytecodeHeader *)bundle;
  bool is_relocated = header->base_addr == (uintptr_t)(header + 1); /* for its address in flash */
  if (!is_relocated && JS_RelocateBytecode(engine, bundle, length)) {
    board_log("no bytecode of this engine");
    return false;
  }
  JSValue main = JS_LoadBytecode(engine, bundle); /* before any other text or property name is created in the heap */
  if (!JS_IsException(main)) main = JS_Run(engine, main);
  if (JS_IsException(main)) {
    log_exception();
    return false;
  }
  *JS_AddGCRef(engine, &api) = JS_GetPropertyStr(engine, JS_GetGlobalObject(engine), "pkg0");
  for (size_t i = 0; i < FREQUENT; i++) {
    JSValue function = JS_GetPropertyStr(engine, api.val, frequent[i].name);
    *JS_AddGCRef(engine, &frequent[i].function) = function;
  }
  return true;
}

static JSValue function_of(const char *name) {
  for (size_t i = 0; i < FREQUENT; i++)
    if (!strcmp(name, frequent[i].name)) return frequent[i].function.val;
  return JS_GetPropertyStr(engine, api.val, name);
}

int host_call(const char *name, const char *first, const char *second) {
  int argc = (first != NULL) + (second != NULL);
  int status = 0;
  JSGCRef first_ref, second_ref;
  JSValue *last = JS_PushGCRef(engine, &second_ref);
  JSValue *text = JS_PushGCRef(engine, &first_ref);
  JSValue result = JS_EXCEPTION;
  if (!JS_StackCheck(engine, argc + 2)) {
    *last = second ? JS_NewString(engine, second) : JS_UNDEFINED;
    *text = first ? JS_NewString(engine, first) : JS_UNDEFINED;
    JSValue function = function_of(name);
    if (second) JS_PushArg(engine, *last); /* nothing allocates from here on, so nothing moves */
    if (first) JS_PushArg(engine, *text);
    JS_PushArg(engine, function);
    JS_PushArg(engine, JS_NULL);
    result = JS_Call(engine, argc);
  }
  JS_PopGCRef(engine, &first_ref);
  JS_PopGCRef(engine, &second_ref);
  if (JS_IsException(result)) {
    log_exception();
    return -1;
  }
  if (!JS_IsUndefined(result)) JS_ToInt32(engine, &status, result);
  return status;
}
