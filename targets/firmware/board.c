/** board.h over a chip (chip.h): rings hold the bytes that arrive, flash holds the records, and main.c runs the sessions. */
#include "../host-functions/board.h"

#include "chip.h"
#include "firmware.h"

/** Powers of 2. README.md says how large a ring must be at a given baud rate. */
#ifndef MODEM_RING_BYTES
#define MODEM_RING_BYTES 1024
#endif
#ifndef SLIP_RING_BYTES
#define SLIP_RING_BYTES 2048
#endif

/** So many bytes wake the main loop, as does the end of a line: a call of the script for each byte takes longer than its bytes. */
#define BLOCK_BYTES 32

/** Written by an interrupt, read by the main loop. */
struct ring {
  volatile uint32_t written, read;
  uint32_t size;
  uint8_t *bytes;
};

static uint8_t modem_bytes[MODEM_RING_BYTES];
static struct ring modem_ring = {.size = MODEM_RING_BYTES, .bytes = modem_bytes};
static volatile uint32_t overruns, seconds;
/** The ring of the modem has the end of a line, or a block. What is less is read once a second: a prompt has no end. */
static volatile bool is_line_due;

static uint32_t held(const struct ring *ring) {
  return ring->written - ring->read;
}

static bool is_full(const struct ring *ring) {
  return held(ring) == ring->size;
}

static bool put(struct ring *ring, uint8_t octet) {
  if (is_full(ring)) return false;
  ring->bytes[ring->written % ring->size] = octet;
  ring->written++;
  return true;
}

static uint8_t get(struct ring *ring) {
  uint8_t octet = ring->bytes[ring->read % ring->size];
  ring->read++;
  return octet;
}

#ifdef BOARD_UDP
/* RFC 1055: frames end with END; within them END and ESC are sent as two bytes. */
#define SLIP_END 0xc0
#define SLIP_ESC 0xdb
#define SLIP_ESC_END 0xdc
#define PUSH_PORT 2948

static uint8_t slip_bytes[SLIP_RING_BYTES];
static struct ring slip_ring = {.size = SLIP_RING_BYTES, .bytes = slip_bytes};
/** The number of ENDs in the ring. */
static volatile uint32_t frames_written;
static uint32_t frames_read;
/** A byte of this frame had no room, so the whole frame is dropped. */
static bool is_frame_broken;

static void receive_slip(uint8_t octet) {
  static uint32_t frame_start;
  if (octet != SLIP_END) {
    if (!is_frame_broken) is_frame_broken = !put(&slip_ring, octet);
    return;
  }
  if (is_frame_broken || !put(&slip_ring, octet)) slip_ring.written = frame_start;
  else if (slip_ring.written - frame_start > 1) frames_written++;
  else slip_ring.written = frame_start; /* an empty frame, between two ENDs */
  frame_start = slip_ring.written;
  is_frame_broken = false;
}

/** Whether a whole UDP datagram to the push port begins here, in IPv4 without options. */
static bool is_to_push_port(const uint8_t *head, uint32_t payload) {
  uint32_t sum = 0;
  for (int i = 0; i < 20; i += 2) sum += (uint32_t)head[i] << 8 | head[i + 1];
  sum = (sum & 0xffff) + (sum >> 16);
  return head[0] == 0x45 && (uint16_t)(sum + (sum >> 16)) == 0xffff && ((head[6] & 0x3f) | head[7]) == 0 && head[9] == 17 &&
         (head[22] << 8 | head[23]) == PUSH_PORT && ((uint32_t)head[24] << 8 | head[25]) == payload + 8 &&
         ((uint32_t)head[2] << 8 | head[3]) == payload + 28;
}

uint32_t board_datagram(uint8_t *into, uint32_t size) {
  while (frames_read != frames_written) {
    uint8_t head[28] = {0};
    uint32_t length = 0;
    for (uint8_t octet; (octet = get(&slip_ring)) != SLIP_END; length++) {
      if (octet == SLIP_ESC) {
        octet = get(&slip_ring);
        if (octet == SLIP_END) { /* noise: the frame ends here, and nothing is read behind it */
          length = 0;
          break;
        }
        octet = octet == SLIP_ESC_END ? SLIP_END : SLIP_ESC;
      }
      if (length < sizeof head) head[length] = octet;
      else if (length - sizeof head < size) into[length - sizeof head] = octet;
    }
    frames_read++;
    if (length > sizeof head && is_to_push_port(head, length - sizeof head)) return length - sizeof head;
  }
  return 0;
}
#endif

/** The port of datagrams has no flow control: a datagram without room is dropped. */
bool board_has_room(int port) {
  return port != PORT_MODEM || !is_full(&modem_ring);
}

void board_received(int port, uint8_t octet) {
#ifdef BOARD_UDP
  if (port == PORT_SLIP) receive_slip(octet);
#endif
  if (port != PORT_MODEM) return;
  put(&modem_ring, octet);
  if (octet == '\r' || octet == '\n' || held(&modem_ring) >= BLOCK_BYTES) is_line_due = true;
}

void board_overrun(int port) {
  if (port == PORT_MODEM) overruns++;
}

uint32_t board_read(uint8_t *into, uint32_t size) {
  uint32_t count = 0;
  is_line_due = false; /* before the bytes are taken: more may come meanwhile */
  while (count < size && held(&modem_ring) > 0) into[count++] = get(&modem_ring);
  if (count == size) is_line_due = true;
  chip_resume(PORT_MODEM);
  return count;
}

void board_write(const uint8_t *bytes, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) chip_send(PORT_MODEM, bytes[i]);
}

static bool has_arrived(void) {
#ifdef BOARD_UDP
  if (frames_read != frames_written) return true;
#endif
  return is_line_due;
}

bool board_wait(uint32_t second) {
  interrupts_off();
  if (!has_arrived() && seconds == second) chip_wait();
  interrupts_on();
  return has_arrived() || (seconds != second && held(&modem_ring) > 0);
}

uint32_t board_overruns(void) {
  interrupts_off();
  uint32_t count = overruns;
  overruns = 0;
  interrupts_on();
  return count;
}

void board_second(void) {
  seconds++;
}

uint32_t board_monotonic_seconds(void) {
  return seconds;
}

/** These boards have no clock that survives a reset, so ages are not checked until a session has set the time. */
uint32_t board_posix_seconds(void) {
  return 0;
}

void board_log(const char *line) {
  while (*line) chip_log(*line++);
  chip_log('\n');
}

int32_t board_load(const char *key, uint8_t *into, uint32_t size) {
  return flash_load(key, into, size);
}

bool board_save(const char *key, const uint8_t *bytes, uint32_t length) {
  return flash_save(key, bytes, length);
}

bool board_erase(const char *key) {
  return flash_erase(key);
}
