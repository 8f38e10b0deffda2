/**
 * Between a board's C and the glue of an engine (host.c in mquickjs, jerryscript, duktape). What each function has to do, its
 * units and failures: README.md, where they stand without `board_`. None may call host_* nor the engine. What is pointed
 * to is lent until the function returns.
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Supplied by the board. */
int32_t board_load(const char *key, uint8_t *into, uint32_t size);
bool board_save(const char *key, const uint8_t *bytes, uint32_t length);
bool board_erase(const char *key);
uint32_t board_posix_seconds(void);
uint32_t board_monotonic_seconds(void);
int board_start(const char *json);
void board_log(const char *line);
#ifdef BOARD_MODEM /* an AT modem on a serial port */
uint32_t board_read(uint8_t *into, uint32_t size);
void board_write(const uint8_t *bytes, uint32_t length);
#endif
#ifdef BOARD_SMS /* a modem driver of the board's own */
uint32_t board_sms(uint8_t *into, uint32_t size);
#endif
#ifdef BOARD_SMS_SETTLED /* with BOARD_SMS: the modem keeps a message until it is deleted */
void board_sms_settled(bool is_settled);
#endif
#ifdef BOARD_UDP
uint32_t board_datagram(uint8_t *into, uint32_t size);
#endif
#ifdef BOARD_BEARERS /* some bearers are not always up */
bool board_is_available(uint32_t bearer);
#endif
#ifdef BOARD_UI /* a display, and keys to answer with */
void board_ui(const char *json, bool asks);
#endif
#ifdef BOARD_SHA256 /* in silicon; sha256.c where there is none */
void board_sha256(const uint8_t *message, uint32_t length, uint8_t digest[32]);
#endif

/*
 * BOARD_OPTIONS, where it is defined, are the bounds of this board as JSON: "{\"pendingMax\":2,\"parts\":4}" (README.md).
 */

/* Supplied by host.c. Not re-entrant: to be called from the task of the main loop alone, never from an interrupt. */

/** Starts the engine and runs the bundle (MicroQuickJS: its bytecode), which has to stay where it is. False: it failed; the log says how. */
bool host_open(uint8_t *bundle, size_t length);
/** Calls a function of pkg0, with up to two texts; NULL = no more. Returns its status, 0 where it has none, -1 when the engine had no memory for it. */
int host_call(const char *name, const char *first, const char *second);

#endif
