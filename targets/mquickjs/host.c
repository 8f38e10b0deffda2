/**
 * The host functions in MicroQuickJS, over a board's functions in C (../host-functions/board.h). Its C API does not reach the
 * memory of a typed array, so bytes go through `bytes`, one by one. A call of the engine that allocates may move every object:
 * only what is on the engine's stack (argv, what JS_PushArg takes) is found again.
 */
#include <string.h>

#include "../host-functions/board.h"
#include "mquickjs.h"

/** Beside the bytecode; README.md has what was measured. 32 KB on a 32-bit board. */
#ifndef HOST_HEAP_BYTES
#define HOST_HEAP_BYTES (8 * 1024 * sizeof(void *))
#endif
/** A longer record is not saved: four pending sessions of 450 bytes each have room. At least 1100, a datagram. */
#ifndef HOST_BYTES
#define HOST_BYTES 2048
#endif

static _Alignas(8) uint8_t heap[HOST_HEAP_BYTES];
static uint8_t bytes[HOST_BYTES];
static JSContext *engine;

static uint32_t length_of(JSContext *ctx, JSValue *array) {
  uint32_t length = 0;
  JSValue value = JS_GetPropertyStr(ctx, *array, "length");
  return JS_ToUint32(ctx, &length, value) ? 0 : length;
}

/** At most as many as `bytes` holds. */
static uint32_t room_of(JSContext *ctx, JSValue *array) {
  uint32_t length = length_of(ctx, array);
  return length < HOST_BYTES ? length : HOST_BYTES;
}

static void fill(JSContext *ctx, JSValue *array, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) JS_SetPropertyUint32(ctx, *array, i, JS_NewInt32(ctx, bytes[i]));
}

/** Copies all of the array to `bytes`; false where there is no room for it. */
static bool take(JSContext *ctx, JSValue *array, uint32_t *length) {
  *length = length_of(ctx, array);
  if (*length > HOST_BYTES) return false;
  for (uint32_t i = 0; i < *length; i++) {
    uint32_t octet = 0;
    JS_ToUint32(ctx, &octet, JS_GetPropertyUint32(ctx, *array, i));
    bytes[i] = octet;
  }
  return true;
}

/** A text of the engine's may move: a key is copied. */
static void key_of(JSContext *ctx, JSValue *value, char key[16]) {
  JSCStringBuf buffer;
  const char *text = JS_ToCString(ctx, *value, &buffer);
  key[0] = 0;
  if (text) strncat(key, text, 15);
}

#define HOST(name) static JSValue name(JSContext *ctx, JSValue *this_val, int argc, JSValue *argv)

HOST(host_load) {
  char key[16];
  uint32_t room = room_of(ctx, &argv[1]);
  key_of(ctx, &argv[0], key);
  int32_t length = board_load(key, bytes, room);
  if (length > 0) fill(ctx, &argv[1], (uint32_t)length < room ? (uint32_t)length : room);
  return JS_NewInt32(ctx, length);
}

HOST(host_save) {
  char key[16];
  uint32_t length;
  key_of(ctx, &argv[0], key);
  return JS_NewBool(take(ctx, &argv[1], &length) && board_save(key, bytes, length));
}

HOST(host_erase) {
  char key[16];
  key_of(ctx, &argv[0], key);
  return JS_NewBool(board_erase(key));
}

HOST(host_posix_seconds) {
  return JS_NewUint32(ctx, board_posix_seconds());
}

HOST(host_monotonic_seconds) {
  return JS_NewUint32(ctx, board_monotonic_seconds());
}

HOST(host_start) {
  JSCStringBuf buffer;
  const char *json = JS_ToCString(ctx, argv[0], &buffer);
  return JS_NewInt32(ctx, json ? board_start(json) : 2);
}

HOST(host_log) {
  JSCStringBuf buffer;
  const char *line = JS_ToCString(ctx, argv[0], &buffer);
  if (line) board_log(line);
  return JS_UNDEFINED;
}

#ifdef BOARD_OPTIONS
HOST(host_options) {
  return JS_NewString(ctx, BOARD_OPTIONS);
}
#endif

#if defined(BOARD_MODEM) || defined(BOARD_SMS) || defined(BOARD_UDP)
static JSValue receive(JSContext *ctx, JSValue *into, uint32_t (*next)(uint8_t *into, uint32_t size)) {
  uint32_t room = room_of(ctx, into);
  uint32_t length = next(bytes, room);
  fill(ctx, into, length < room ? length : room);
  return JS_NewUint32(ctx, length);
}
#endif

#ifdef BOARD_MODEM
HOST(host_read) {
  return receive(ctx, &argv[0], board_read);
}

HOST(host_write) {
  uint32_t length;
  if (take(ctx, &argv[0], &length)) board_write(bytes, length);
  return JS_UNDEFINED;
}
#endif

#ifdef BOARD_SMS
HOST(host_sms) {
  return receive(ctx, &argv[0], board_sms);
}
#endif

#ifdef BOARD_UDP
HOST(host_datagram) {
  return receive(ctx, &argv[0], board_datagram);
}
#endif

#ifdef BOARD_BEARERS
HOST(host_is_available) {
  uint32_t bearer = 0;
  JS_ToUint32(ctx, &bearer, argv[0]);
  return JS_NewBool(board_is_available(bearer));
}
#endif

#ifdef BOARD_UI
HOST(host_ui) {
  JSCStringBuf buffer;
  const char *json = JS_ToCString(ctx, argv[0], &buffer);
  if (json) board_ui(json, argv[1] == JS_TRUE);
  return JS_UNDEFINED;
}
#endif

#ifdef BOARD_SHA256
HOST(host_sha256) {
  uint32_t length;
  uint8_t digest[32];
  if (!take(ctx, &argv[0], &length)) return JS_UNDEFINED;
  board_sha256(bytes, length, digest);
  memcpy(bytes, digest, sizeof digest);
  fill(ctx, &argv[1], sizeof digest);
  return JS_UNDEFINED;
}
#endif

#include "mqjs_stdlib.h" /* what the generator has made: it names the functions above */

/** Says what was thrown, which ends it. Texts of exceptions are short, but for a stack. */
static void log_exception(void) {
  JSCStringBuf buffer;
  const char *text = JS_ToCString(engine, JS_GetException(engine), &buffer);
  board_log(text ? text : "exception");
}

bool host_open(uint8_t *bundle, size_t length) {
  engine = JS_NewContext(heap, sizeof heap, &js_stdlib);
  const JSBytecodeHeader *header = (const JSBytecodeHeader *)bundle;
  bool is_relocated = header->base_addr == (uintptr_t)(header + 1); /* for where it lies in flash */
  if (!is_relocated && JS_RelocateBytecode(engine, bundle, length)) {
    board_log("no bytecode of this engine");
    return false;
  }
  JSValue main = JS_LoadBytecode(engine, bundle); /* before any other text or property name gets into the heap */
  if (!JS_IsException(main)) main = JS_Run(engine, main);
  if (!JS_IsException(main)) return true;
  log_exception();
  return false;
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
    JSValue api = JS_GetPropertyStr(engine, JS_GetGlobalObject(engine), "pkg0");
    JSValue function = JS_GetPropertyStr(engine, api, name);
    if (second) JS_PushArg(engine, *last); /* from here on nothing allocates, so nothing moves */
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
