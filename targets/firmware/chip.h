/**
 * The functions that a chip supplies to board.c and main.c, and those that it calls. lm3s6965evb.c and microbit.c are two
 * chips. A port to another chip is such a file, a linker script, and constants in the Makefile.
 */
#ifndef CHIP_H
#define CHIP_H

#include <stdbool.h>
#include <stdint.h>

#include "../host-functions/flash.h"

/* Ports of chip_send and board_received. */
#define PORT_MODEM 0
#define PORT_SLIP 1 /* datagrams, with BOARD_UDP */

/** Starts clocks, ports, the interrupt of each second, and the watchdog. Interrupts may come from then on. */
void chip_open(void);
/** Sends one byte, when there is room. */
void chip_send(int port, uint8_t octet);
/** Takes the bytes that a port has held back since board_has_room was false. */
void chip_resume(int port);
/** Writes one character to the log. */
void chip_log(char character);
/** Holds the watchdog back for WATCHDOG_SECONDS. */
void chip_watch(void);
/** Waits for an interrupt; returns at once when one has come since interrupts were last on. Called with interrupts off. */
void chip_wait(void);
/** Does not return. */
void chip_reset(void) __attribute__((noreturn));
/** The area of flash in which records are kept; nothing else writes to it. */
extern const struct flash_chip chip_flash;

/* Called by the chip from its interrupts. */

/** Whether there is room for a byte. If not, the chip leaves it in the port, whose RTS line makes the modem wait. */
bool board_has_room(int port);
void board_received(int port, uint8_t octet);
/** Called when a port had to drop bytes because the modem was not made to wait. */
void board_overrun(int port);
void board_second(void);

/** Turns the interrupts of a Cortex-M off and on, around code that reads several variables of theirs. */
static inline void interrupts_off(void) {
  __asm__ volatile("cpsid i" ::: "memory");
}

static inline void interrupts_on(void) {
  __asm__ volatile("cpsie i" ::: "memory");
}

/** A register. */
#define REG(address) (*(volatile uint32_t *)(address))

#endif
