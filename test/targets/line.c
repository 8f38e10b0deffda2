/**
 * A modem on the line of lm3s6965evb, inside the machine, so that its bytes come in the machine's own time: one each time that
 * a timer has counted `line_clocks` of the system clock. It has no flow control. answers.h has what the emulated modem of the
 * tests answers to each command (firmware-ring.ts).
 */
#include <string.h>

#include "../../targets/firmware/chip.h"

static const struct {
  const char *command, *answer;
} answers[] = {
#include "answers.h"
};

#define SYSCTL_RCGC1 REG(0x400fe104)
#define NVIC_ENABLE REG(0xe000e100)
#define TIMER 0x40030000
#define TIMER_CONTROL REG(TIMER + 0x00c)
#define TIMER_CONFIG REG(TIMER + 0x000)
#define TIMER_MODE REG(TIMER + 0x004)
#define TIMER_MASK REG(TIMER + 0x018)
#define TIMER_CLEAR REG(TIMER + 0x024)
#define TIMER_LOAD REG(TIMER + 0x028)

/** Set by the debugger: the time of a byte in clocks, and how many messages the modem has. */
volatile uint32_t line_clocks = 1, line_messages = 1;
/** Bytes that had no room. */
static volatile uint32_t lost;
/** The answer of which a byte is next: the driver sends a command when the one before is answered. */
static const char *volatile next = "";
static volatile bool is_list;
static char command[64];
static uint32_t length;

static const char *answer_to(const char *text) {
  for (uint32_t i = 0; i < sizeof answers / sizeof *answers; i++)
    if (!strcmp(answers[i].command, text)) return answers[i].answer;
  return "\r\nOK\r\n"; /* a deletion, or a list of new messages */
}

void __real_chip_open(void);
void __real_chip_send(int port, uint8_t octet);

void __wrap_chip_open(void) {
  __real_chip_open();
  SYSCTL_RCGC1 |= 1u << 16;
  TIMER_CONTROL = 0;
  TIMER_CONFIG = 0;
  TIMER_MODE = 2; /* again and again */
  TIMER_LOAD = line_clocks - 1;
  TIMER_MASK = 1;
  TIMER_CONTROL = 1;
  NVIC_ENABLE = 1u << 19;
}

/** A byte of the firmware, which the modem has at once. Its list has as many messages as its number has a letter. */
void __wrap_chip_send(int port, uint8_t octet) {
  if (port != PORT_MODEM) {
    __real_chip_send(port, octet);
    return;
  }
  if (octet != '\r') {
    if (length < sizeof command - 2) command[length++] = (char)octet;
    return;
  }
  command[length] = 0;
  is_list = !strcmp(command, "AT+CMGL=4");
  if (is_list) command[length++] = (char)('a' + line_messages);
  command[length] = 0;
  length = 0;
  next = answer_to(command);
}

/** Tells the test, in the log, how many bytes of the first list had no room. */
static void report(void) {
  static bool is_told;
  char line[] = "\nlost 00000\n";
  if (is_told) return;
  is_told = true;
  for (uint32_t i = 10, rest = lost; i > 5; i--, rest /= 10) line[i] = (char)('0' + rest % 10);
  for (const char *at = line; *at; at++) chip_log(*at);
}

static void line_interrupt(void) {
  TIMER_CLEAR = 1;
  if (!*next) return;
  if (board_has_room(PORT_MODEM)) board_received(PORT_MODEM, (uint8_t)*next);
  else lost++;
  if (*++next) return;
  if (is_list) report();
}

/** Behind the seven of lm3s6965evb.c. */
__attribute__((section(".interrupts"), used)) static void (*const interrupts[])(void) = {[12] = line_interrupt};
