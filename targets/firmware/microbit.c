/**
 * BBC micro:bit, nRF51822: Cortex-M0, 256 KB of flash with its controller, 32 KB of RAM. Its one UART is the modem; the log
 * goes to the debugger by semihosting, with LOG_SEMIHOSTING: without a debugger that would stop the chip.
 */
#include "chip.h"

#define PAGE_BYTES 1024

#define UART 0x40002000
#define UART_START_RX REG(UART + 0x000)
#define UART_START_TX REG(UART + 0x008)
#define UART_RX_READY REG(UART + 0x108)
#define UART_TX_READY REG(UART + 0x11c)
#define UART_INTERRUPTS_ON REG(UART + 0x304)
#define UART_INTERRUPTS_OFF REG(UART + 0x308)
#define UART_ERRORS REG(UART + 0x480)
#define UART_RTS_PIN REG(UART + 0x508)
#define UART_CTS_PIN REG(UART + 0x510)
#define UART_CONFIG REG(UART + 0x56c)
#define RX_INTERRUPT (1u << 2)
#define UART_ENABLE REG(UART + 0x500)
#define UART_TX_PIN REG(UART + 0x50c)
#define UART_RX_PIN REG(UART + 0x514)
#define UART_RX REG(UART + 0x518)
#define UART_TX REG(UART + 0x51c)
#define UART_BAUD REG(UART + 0x524)

#define TIMER 0x40008000
#define TIMER_START REG(TIMER + 0x000)
#define TIMER_COMPARE REG(TIMER + 0x140)
#define TIMER_SHORTS REG(TIMER + 0x200)
#define TIMER_INTERRUPTS REG(TIMER + 0x304)
#define TIMER_BITS REG(TIMER + 0x508)
#define TIMER_PRESCALER REG(TIMER + 0x510)
#define TIMER_LIMIT REG(TIMER + 0x540)

#define WATCHDOG_START REG(0x40010000)
#define WATCHDOG_COUNT REG(0x40010504)
#define WATCHDOG_FEED REG(0x40010600)

#define NVMC_READY REG(0x4001e400)
#define NVMC_CONFIG REG(0x4001e504)
#define NVMC_ERASE_PAGE REG(0x4001e508)

#define NVIC_ENABLE REG(0xe000e100)
#define AIRCR REG(0xe000ed0c)

/** A byte was sent before; the line is free for the first byte. */
static bool is_sending;

void chip_open(void) {
  UART_TX_PIN = 24;
  UART_RX_PIN = 25;
  UART_RTS_PIN = 23;
  UART_CTS_PIN = 22;
  UART_CONFIG = 1; /* RTS and CTS */
  UART_BAUD = (uint32_t)(((uint64_t)BAUD << 32) / 16000000 + 0x800) & 0xfffff000;
  UART_ENABLE = 4;
  UART_INTERRUPTS_ON = RX_INTERRUPT;
  UART_START_RX = 1;
  UART_START_TX = 1;
  TIMER_BITS = 3;      /* 32 */
  TIMER_PRESCALER = 4; /* 1 MHz */
  TIMER_LIMIT = 1000000;
  TIMER_SHORTS = 1; /* counts from 0 again at the limit */
  TIMER_INTERRUPTS = 1u << 16;
  TIMER_START = 1;
  WATCHDOG_COUNT = WATCHDOG_SECONDS * 32768 - 1;
  WATCHDOG_START = 1;
  NVIC_ENABLE = 1u << 2 | 1u << 8;
  interrupts_on();
}

void chip_send(int port, uint8_t octet) {
  (void)port;
  while (is_sending && !UART_TX_READY) continue;
  is_sending = true;
  UART_TX_READY = 0;
  UART_TX = octet;
}

void chip_log(char character) {
#ifdef LOG_SEMIHOSTING
  register uint32_t operation __asm__("r0") = 3; /* SYS_WRITEC */
  register const char *text __asm__("r1") = &character;
  __asm__ volatile("bkpt 0xab" : "+r"(operation) : "r"(text) : "memory");
#else
  (void)character;
#endif
}

void chip_watch(void) {
  WATCHDOG_FEED = 0x6e524635;
}

void chip_wait(void) {
  __asm__ volatile("wfi");
}

void chip_reset(void) {
  AIRCR = 0x05fa0004;
  for (;;) continue;
}

/** RXDRDY stays set for a byte that is left in the port, which holds six. */
static void uart_interrupt(void) {
  while (board_has_room(PORT_MODEM) && UART_RX_READY) {
    UART_RX_READY = 0;
    board_received(PORT_MODEM, (uint8_t)UART_RX);
  }
  if (UART_ERRORS & 1) board_overrun(PORT_MODEM);
  UART_ERRORS = 1;
  if (board_has_room(PORT_MODEM)) UART_INTERRUPTS_ON = RX_INTERRUPT;
  else UART_INTERRUPTS_OFF = RX_INTERRUPT;
}

void chip_resume(int port) {
  (void)port;
  interrupts_off();
  uart_interrupt();
  interrupts_on();
}

static void timer_interrupt(void) {
  TIMER_COMPARE = 0;
  board_second();
}

__attribute__((section(".interrupts"), used)) static void (*const interrupts[])(void) = {
  [2] = uart_interrupt,
  [8] = timer_interrupt,
};

/* --- flash: while CONFIG allows it, a store to flash writes the word; the core waits meanwhile ------------------ */

extern uint32_t records_start[];

static void wait_for_flash(void) {
  while (!(NVMC_READY & 1)) continue;
}

static bool erase(uint32_t sector) {
  uint32_t start = (uint32_t)records_start + sector * RECORDS_SECTOR_BYTES;
  NVMC_CONFIG = 2;
  for (uint32_t at = 0; at < RECORDS_SECTOR_BYTES; at += PAGE_BYTES) {
    NVMC_ERASE_PAGE = start + at;
    wait_for_flash();
  }
  NVMC_CONFIG = 0;
  return true;
}

static bool program(uint32_t at, const uint8_t unit[FLASH_UNIT_BYTES]) {
  NVMC_CONFIG = 1;
  REG((uint32_t)records_start + at) = unit[0] | (uint32_t)unit[1] << 8 | (uint32_t)unit[2] << 16 | (uint32_t)unit[3] << 24;
  wait_for_flash();
  NVMC_CONFIG = 0;
  return true;
}

static enum flash_answer read(uint32_t at, uint8_t *into, uint32_t length) {
  const uint8_t *bytes = (const uint8_t *)records_start + at;
  for (uint32_t i = 0; i < length; i++) into[i] = bytes[i];
  return FLASH_OK;
}

const struct flash_chip chip_flash = {RECORDS_SECTORS, RECORDS_SECTOR_BYTES, erase, program, read};
