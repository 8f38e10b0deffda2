/** The interface between main.c and board.c. */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include <stdbool.h>
#include <stdint.h>

/** Waits for a line or a block of the modem, for a datagram, or for the end of the given second. True when something has arrived. */
bool board_wait(uint32_t second);
/** How often bytes of the modem were dropped since the last call. */
uint32_t board_overruns(void);

#endif
