/**
 * A board on the desk for host.c of any engine: records in the files of a folder, a modem on a tty, datagrams on a port of
 * loopback, lines on standard output. Usage: board BUNDLE FOLDER TTY PORT [hold]; with `hold` sessions do not end. With
 * BOARD_SMS, TTY is a folder that stands for the memory of a modem: a TPDU a file, named 1 to 20.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "../../targets/host-functions/board.h"

static const char *folder;
static int tty = -1, udp = -1; /* poll passes over -1 */
static char ended[8]; /* the session that has been started, and runs */
static char asked[8]; /* the one that the user is asked about: this user allows all */

static const char *path_of(const char *key, const char *suffix) {
  static char path[512];
  snprintf(path, sizeof path, "%s/%s%s", folder, key, suffix);
  return path;
}

int32_t board_load(const char *key, uint8_t *into, uint32_t size) {
  struct stat about;
  int file = open(path_of(key, ""), O_RDONLY);
  if (file < 0) return -1;
  int32_t length = fstat(file, &about) == 0 ? (int32_t)about.st_size : -1;
  if (size > 0 && read(file, into, size) < 0) length = -1;
  close(file);
  return length;
}

bool board_save(const char *key, const uint8_t *bytes, uint32_t length) {
  char path[512];
  int file = open(path_of(key, ".new"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  bool is_whole = file >= 0 && write(file, bytes, length) == (ssize_t)length && fsync(file) == 0;
  if (file >= 0) close(file);
  strcpy(path, path_of(key, ".new"));
  return is_whole && rename(path, path_of(key, "")) == 0;
}

bool board_erase(const char *key) {
  return unlink(path_of(key, "")) == 0 || errno == ENOENT;
}

uint32_t board_posix_seconds(void) {
  return (uint32_t)time(NULL);
}

uint32_t board_monotonic_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint32_t)now.tv_sec;
}

static void copy_session_id(const char *json, char into[8]) {
  const char *id = strstr(json, "\"sessionId\":\"");
  if (id) sscanf(id + 13, "%4[0-9A-F]", into);
}

int board_start(const char *json) {
  printf("start %s\n", json);
  copy_session_id(json, ended);
  return 0;
}

void board_ui(const char *json, bool asks) {
  printf("ui %d %s\n", asks, json);
  if (asks) copy_session_id(json, asked);
}

/** All but bearer 3. */
bool board_is_available(uint32_t bearer) {
  return bearer != 3;
}

void board_log(const char *line) {
  puts(line);
}

#ifdef BOARD_SMS
static const char *memory;
/** The message that board_sms gives next, or gave last. */
static int message = 1;

static const char *path_of_message(void) {
  static char path[512];
  snprintf(path, sizeof path, "%s/%d", memory, message);
  return path;
}

uint32_t board_sms(uint8_t *into, uint32_t size) {
  for (; message <= 20; message++) {
    int file = open(path_of_message(), O_RDONLY);
    if (file < 0) continue;
    ssize_t length = read(file, into, size);
    close(file);
    if (length > 0) return (uint32_t)length;
  }
  return 0;
}

/** After one that is settled all others are given again; after one that is not, the next. */
void board_sms_settled(bool is_settled) {
  if (is_settled) unlink(path_of_message());
  message = is_settled ? 1 : message + 1;
}
#endif

#ifdef BOARD_MODEM
uint32_t board_read(uint8_t *into, uint32_t size) {
  ssize_t count = read(tty, into, size);
  return count > 0 ? (uint32_t)count : 0;
}

void board_write(const uint8_t *bytes, uint32_t length) {
  for (uint32_t at = 0; at < length;) {
    ssize_t count = write(tty, bytes + at, length - at);
    if (count > 0) at += (uint32_t)count;
    else if (count < 0 && errno != EAGAIN && errno != EINTR) return;
  }
}

static void open_modem(const char *path) {
  tty = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
  struct termios line;
  tcgetattr(tty, &line);
  cfmakeraw(&line);
  tcsetattr(tty, TCSANOW, &line);
}
#endif

#ifdef BOARD_UDP
static void open_udp(const char *port) {
  udp = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(udp, (struct sockaddr *)&address, sizeof address) < 0) exit(2);
}

uint32_t board_datagram(uint8_t *into, uint32_t size) {
  ssize_t length = recv(udp, into, size, MSG_DONTWAIT | MSG_TRUNC);
  return length > 0 ? (uint32_t)length : 0;
}
#endif

static uint8_t *read_bundle(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) exit(2);
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  uint8_t *bundle = malloc(*length);
  if (!bundle || fread(bundle, 1, *length, file) != *length) exit(2);
  fclose(file);
  return bundle;
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  folder = argv[2];
#ifdef BOARD_SMS
  memory = argv[3];
#endif
#ifdef BOARD_MODEM
  open_modem(argv[3]);
#endif
#ifdef BOARD_UDP
  open_udp(argv[4]);
#endif
  setvbuf(stdout, NULL, _IOLBF, 0);

  size_t length;
  uint8_t *bundle = read_bundle(argv[1], &length);
  if (!host_open(bundle, length)) return 1;
  if (host_call("hasAccount", "dm.example.com", NULL)) puts("account known");
  else printf("account %d\n", host_call("addAccount", "{\"serverId\":\"dm.example.com\",\"appAuth\":[{\"aauthLevel\":\"NOTICRED\",\"aauthSecret\":\"secret\"}]}", NULL));

  uint32_t second = 0;
  for (;;) {
    struct pollfd files[] = {{.fd = tty, .events = POLLIN}, {.fd = udp, .events = POLLIN}};
    poll(files, 2, 200);
    if (host_call("poll", NULL, NULL) < 0) return 1;
    if (asked[0]) {
      printf("allow %s %d\n", asked, host_call("allow", "dm.example.com", asked));
      asked[0] = 0;
    }
    if (ended[0] && argc < 6) {
      printf("done %s %d\n", ended, host_call("sessionDone", "dm.example.com", ended));
      ended[0] = 0;
    }
    if (board_monotonic_seconds() == second) continue;
    second = board_monotonic_seconds();
#ifdef BOARD_SMS
    message = 1; /* once a minute on a board; a test is in a hurry */
#endif
    if (host_call("tick", NULL, NULL) < 0) return 1;
  }
}
