/**
 * targets/firmware/board.c on this machine: what comes on standard input comes on the line of datagrams, and each datagram
 * goes out on a line of its own, in hex. Without an end, the test's time-out says so.
 */
#include <stdio.h>

/* the interrupts of a Cortex-M (chip.h), of which there are none here */
#define __asm__
#define volatile(...) ((void)0)
#include "../../targets/firmware/board.c"

void chip_resume(int port) { (void)port; }
void chip_send(int port, uint8_t octet) { (void)port, (void)octet; }
void chip_log(char character) { (void)character; }
void chip_wait(void) {}
int32_t flash_load(const char *key, uint8_t *into, uint32_t size) { return (void)key, (void)into, (void)size, -1; }
bool flash_save(const char *key, const uint8_t *bytes, uint32_t length) { return (void)key, (void)bytes, (void)length, false; }
bool flash_erase(const char *key) { return (void)key, false; }

int main(void) {
  static uint8_t into[1100];
  for (int octet; (octet = getchar()) != EOF;) {
    board_received(PORT_SLIP, (uint8_t)octet);
    for (uint32_t length; (length = board_datagram(into, sizeof into)) > 0; putchar('\n'))
      for (uint32_t i = 0; i < length; i++) printf("%02x", into[i]);
  }
  return 0;
}
