/**
 * A whole firmware: the device starts, receives SMS and datagrams, and starts DM sessions. A product adds the session
 * itself; here it is a pause of a few seconds. One session runs at a time; others are offered again later.
 */
#include <string.h>

#include "../host-functions/board.h"
#include "chip.h"
#include "firmware.h"

#ifndef SESSION_SECONDS
#define SESSION_SECONDS 2
#endif

/** The accounts that a product gets when it is provisioned: up to 4 here, so that the cost of each can be measured. */
#ifndef ACCOUNTS
#define ACCOUNTS 1
#endif
#define ACCOUNT(server) {server, "{\"serverId\":\"" server "\",\"appAuth\":[{\"aauthLevel\":\"NOTICRED\",\"aauthSecret\":\"secret\"}]}"}
static const struct {
  const char *server_id, *json;
} accounts[] = {ACCOUNT("dm.example.com"), ACCOUNT("dm2.example.com"), ACCOUNT("dm3.example.com"), ACCOUNT("dm4.example.com")};

/** The bytecode of dist/mquickjs.es5.js, at its place in flash. */
__asm__(".section .bytecode,\"a\"\n.balign 8\n.incbin \"" BYTECODE "\"\n.previous");
extern uint8_t bytecode_start[], bytecode_end[];

/** The session that runs; sessionId is "" when none does. */
static struct {
  char server_id[256];
  char session_id[5];
  uint32_t end;
} session;
static bool was_busy;

/** Copies the text of a member of a flat JSON object. The ServerIDs of these accounts have nothing to unescape. */
static bool copy_member(const char *json, const char *name, char *into, size_t size) {
  const char *from = strstr(json, name);
  if (!from) return false;
  from += strlen(name);
  size_t length = strcspn(from, "\"");
  if (length >= size) return false;
  memcpy(into, from, length);
  into[length] = 0;
  return true;
}

/** Logs `what` and a number, in decimal. */
static void log_number(const char *what, uint32_t number) {
  char line[40], digits[10];
  size_t length = strlen(what), count = 0;
  memcpy(line, what, length);
  do digits[count++] = (char)('0' + number % 10);
  while (number /= 10);
  while (count > 0) line[length++] = digits[--count];
  line[length] = 0;
  board_log(line);
}

/** 0 started, 1 declined, 2 later (../host-functions/README.md). */
int board_start(const char *json) {
  char line[24] = "start session ";
  if (session.session_id[0]) {
    was_busy = true;
    return 2;
  }
  if (!copy_member(json, "\"serverId\":\"", session.server_id, sizeof session.server_id)) return 1;
  if (!copy_member(json, "\"sessionId\":\"", session.session_id, sizeof session.session_id)) return 1;
  session.end = board_monotonic_seconds() + SESSION_SECONDS;
  strcat(line, session.session_id);
  board_log(line);
  return 0;
}

/** Calls a function of pkg0. When the engine has no memory left, a reset makes room, and loses nothing that was accepted. */
static int call(const char *name, const char *first, const char *second) {
  int status = host_call(name, first, second);
  if (status < 0) chip_reset();
  return status;
}

static void end_session(void) {
  char line[24] = "done ";
  int status = call("sessionDone", session.server_id, session.session_id);
  if (status) log_number("sessionDone ", (uint32_t)status);
  strcat(line, session.session_id);
  session.session_id[0] = 0;
  board_log(line);
  if (!was_busy) return;
  was_busy = false;
  call("retry", NULL, NULL);
}

/** Only once in a device's life: a stored account has the nonce of its last session, which must not be replaced. */
static void provision(void) {
  for (int i = 0; i < ACCOUNTS; i++)
    if (!call("hasAccount", accounts[i].server_id, NULL)) log_number("account ", (uint32_t)call("addAccount", accounts[i].json, NULL));
}

int main(void) {
  uint32_t second = 0;
  chip_open();
  flash_open(&chip_flash);
  if (!host_open(bytecode_start, (size_t)(bytecode_end - bytecode_start))) chip_reset();
  provision();
  board_log("ready");
  for (;;) {
    chip_watch();
    if (board_wait(second)) call("poll", NULL, NULL);
    uint32_t overruns = board_overruns();
    if (overruns) log_number("overruns ", overruns);
    if (session.session_id[0] && board_monotonic_seconds() >= session.end) end_session();
    if (second == board_monotonic_seconds()) continue;
    second = board_monotonic_seconds();
    call("tick", NULL, NULL);
  }
}
