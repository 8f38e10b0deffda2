/**
 * The Stellaris LM3S6965 evaluation board, as QEMU emulates it: Cortex-M3, 256 KB of flash, 64 KB of SRAM. UART0 is the
 * modem, UART1 the datagrams, UART2 the log. QEMU does not emulate this chip's flash controller, so its flash is read-only.
 * Records are in the last 20 KB of SRAM instead, which a reset does not change, and are written like flash: in words, and
 * only from 1 to 0.
 */
#include "chip.h"

#define CLOCK_HZ 12500000u /* QEMU's system clock after a reset */

#define SYSCTL_RCGC0 REG(0x400fe100)
#define SYSCTL_RCGC1 REG(0x400fe104)
#define SYSCTL_RCGC2 REG(0x400fe108)
#define GPIO_AFSEL(port) REG((port) + 0x420)
#define GPIO_DEN(port) REG((port) + 0x51c)
#define SYSTICK_CONTROL REG(0xe000e010)
#define SYSTICK_RELOAD REG(0xe000e014)
#define NVIC_ENABLE(group) REG(0xe000e100 + 4 * (group))
#define AIRCR REG(0xe000ed0c)
#define WATCHDOG_LOAD REG(0x40000000)
#define WATCHDOG_CONTROL REG(0x40000008)
#define WATCHDOG_CLEAR REG(0x4000000c)

/* PL011 */
#define UART_DATA(uart) REG((uart) + 0x00)
#define UART_FLAGS(uart) REG((uart) + 0x18)
#define UART_BAUD_WHOLE(uart) REG((uart) + 0x24)
#define UART_BAUD_FRACTION(uart) REG((uart) + 0x28)
#define UART_LINE(uart) REG((uart) + 0x2c)
#define UART_CONTROL(uart) REG((uart) + 0x30)
#define UART_MASK(uart) REG((uart) + 0x38)
#define UART_CLEAR(uart) REG((uart) + 0x44)
#define RX_EMPTY 0x10
#define TX_FULL 0x20
#define RX_INTERRUPTS 0x50 /* a byte, and a pause after bytes */
#define RX_OVERRUN 0x400

static const uint32_t uarts[] = {0x4000c000, 0x4000d000, 0x4000e000};

static void open_uart(uint32_t uart) {
  UART_CONTROL(uart) = 0;
  UART_BAUD_WHOLE(uart) = CLOCK_HZ / (16 * BAUD);
  UART_BAUD_FRACTION(uart) = (CLOCK_HZ % (16 * BAUD) * 64 + 8 * BAUD) / (16 * BAUD);
  UART_LINE(uart) = 0x60; /* 8 bits; turning the FIFO off empties it */
  UART_LINE(uart) = 0x70;
  UART_MASK(uart) = RX_INTERRUPTS;
  UART_CONTROL(uart) = 0x301;
}

void chip_open(void) {
  SYSCTL_RCGC0 |= 1u << 3; /* watchdog */
  SYSCTL_RCGC1 |= 7;       /* UART 0 to 2 */
  SYSCTL_RCGC2 |= 0x49;    /* their pins: ports A, D, G */
  GPIO_AFSEL(0x40004000) |= 0x03;
  GPIO_DEN(0x40004000) |= 0x03;
  GPIO_AFSEL(0x40007000) |= 0x0c;
  GPIO_DEN(0x40007000) |= 0x0c;
  GPIO_AFSEL(0x40026000) |= 0x03;
  GPIO_DEN(0x40026000) |= 0x03;
  for (int i = 0; i < 3; i++) open_uart(uarts[i]);
  SYSTICK_RELOAD = CLOCK_HZ - 1;
  SYSTICK_CONTROL = 7;
  /* it interrupts the first time that it reaches 0, and resets the chip the second time */
  WATCHDOG_LOAD = WATCHDOG_SECONDS * (CLOCK_HZ / 2);
  WATCHDOG_CONTROL = 3;
  NVIC_ENABLE(0) = 1u << 5 | 1u << 6;
  interrupts_on();
}

void chip_send(int port, uint8_t octet) {
  while (UART_FLAGS(uarts[port]) & TX_FULL) continue;
  UART_DATA(uarts[port]) = octet;
}

void chip_log(char character) {
  chip_send(2, (uint8_t)character);
}

void chip_watch(void) {
  WATCHDOG_LOAD = WATCHDOG_SECONDS * (CLOCK_HZ / 2);
  WATCHDOG_CLEAR = 1;
}

void chip_wait(void) {
  __asm__ volatile("wfi");
}

void chip_reset(void) {
  AIRCR = 0x05fa0004;
  for (;;) continue;
}

void second_interrupt(void) {
  board_second();
}

static void take(int port) {
  uint32_t uart = uarts[port];
  UART_CLEAR(uart) = RX_INTERRUPTS | RX_OVERRUN;
  while (board_has_room(port) && !(UART_FLAGS(uart) & RX_EMPTY)) {
    uint32_t data = UART_DATA(uart);
    if (data & 1u << 11) board_overrun(port);
    board_received(port, (uint8_t)data);
  }
  UART_MASK(uart) = board_has_room(port) ? RX_INTERRUPTS : 0;
}

void chip_resume(int port) {
  interrupts_off();
  take(port);
  interrupts_on();
}

static void uart0_interrupt(void) {
  take(PORT_MODEM);
}

static void uart1_interrupt(void) {
  take(PORT_SLIP);
}

__attribute__((section(".interrupts"), used)) static void (*const interrupts[])(void) = {
  [5] = uart0_interrupt,
  [6] = uart1_interrupt,
};

/* --- records ------------------------------------------------------------------------------------------------------- */

extern uint32_t records_start[];

static bool erase(uint32_t sector) {
  volatile uint32_t *words = records_start + sector * (RECORDS_SECTOR_BYTES / 4);
  for (uint32_t i = 0; i < RECORDS_SECTOR_BYTES / 4; i++) words[i] = 0xffffffff;
  return true;
}

static bool program(uint32_t at, const uint8_t unit[FLASH_UNIT_BYTES]) {
  volatile uint32_t *word = records_start + at / 4;
  *word &= unit[0] | (uint32_t)unit[1] << 8 | (uint32_t)unit[2] << 16 | (uint32_t)unit[3] << 24;
  return true;
}

static enum flash_answer read(uint32_t at, uint8_t *into, uint32_t length) {
  const uint8_t *bytes = (const uint8_t *)records_start + at;
  for (uint32_t i = 0; i < length; i++) into[i] = bytes[i];
  return FLASH_OK;
}

const struct flash_chip chip_flash = {RECORDS_SECTORS, RECORDS_SECTOR_BYTES, erase, program, read};
