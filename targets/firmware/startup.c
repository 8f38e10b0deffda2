/**
 * The code from reset to main on any Cortex-M, the vectors of the core, and the three functions that libc needs from a
 * firmware.
 */
#include <stdint.h>
#include <string.h>

#include "chip.h"

/* The linker script's. */
extern uint32_t stack_end, data_from, data_start, data_end, bss_start, bss_end;

int main(void);
void second_interrupt(void);

void reset(void) {
  memcpy(&data_start, &data_from, (size_t)((uint8_t *)&data_end - (uint8_t *)&data_start));
  memset(&bss_start, 0, (size_t)((uint8_t *)&bss_end - (uint8_t *)&bss_start));
  main();
  chip_reset();
}

/** A fault resets the chip; accepted sessions are stored, and are offered again. */
static void fault(void) {
  chip_reset();
}

/** The default, for a chip that does not use SysTick for its second. */
__attribute__((weak)) void second_interrupt(void) {}

/** The first sixteen vectors; the chip's file has its own after them. */
__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
  &stack_end, reset, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault, second_interrupt,
};

void _exit(int status) {
  (void)status;
  chip_reset();
}

void abort(void) {
  chip_reset();
}

/** `assert` of the engine. */
void __assert_func(const char *file, int line, const char *function, const char *what) {
  (void)file, (void)line, (void)function, (void)what;
  chip_reset();
}
