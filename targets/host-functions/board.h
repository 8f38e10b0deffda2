/**
 * The interface between a board's C and the glue of an engine (host.c in mquickjs, jerryscript, duktape). README.md has the
 * contract, units and failures of each function, under its name without `board_`. No board function may call host_* or the
 * engine. Memory behind a pointer is lent until the function returns.
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The board supplies these functions. */
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
#ifdef BOARD_BEARERS /* for a board whose bearers are not always up */
bool board_is_available(uint32_t bearer);
#endif
#ifdef BOARD_UI /* a display, and keys to answer with */
void board_ui(const char *json, bool asks);
#endif
#ifdef BOARD_SHA256 /* in silicon; sha256.c has one in C */
void board_sha256(const uint8_t *message, uint32_t length, uint8_t digest[32]);
#endif

/* BOARD_OPTIONS is optional: the bounds of this board as JSON: "{\"pendingMax\":2,\"parts\":4}" (README.md). */

/*
 * host.c supplies these functions. They are not re-entrant: call them only from the task of the main loop, never from an
 * interrupt.
 */

/**
 * Starts the engine and runs the bundle (MicroQuickJS: its bytecode), which must stay at its address. False when that
 * failed; the log has the reason.
 */
bool host_open(uint8_t *bundle, size_t length);
/**
 * Calls a function of pkg0 with up to two texts; NULL for absent ones. Returns its status, 0 when it returns none, -1 when
 * the engine had no memory for the call.
 */
int host_call(const char *name, const char *first, const char *second);

#endif
