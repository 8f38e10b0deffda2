/*
 * A peer for OBEX over TCP on 127.0.0.1, made of libopenobex:
 *   obex-peer put PORT MTU TYPE [TARGET]   puts standard input; TYPE "" sends none
 *   obex-peer serve PORT MTU               takes one PUT, and writes its Type in a line and then its body
 */
#include <arpa/inet.h>
#include <openobex/obex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static uint8_t body[65536];
static int bodyLength;
static int response = -1;
static int isOver;
static uint32_t connectionId;
static int hasConnectionId;

static void readConnected(obex_t *handle, obex_object_t *object) {
  uint8_t id;
  obex_headerdata_t value;
  uint32_t length;
  while (OBEX_ObjectGetNextHeader(handle, object, &id, &value, &length)) {
    if (id == OBEX_HDR_CONNECTION) {
      connectionId = value.bq4;
      hasConnectionId = 1;
    }
  }
}

static void writeObject(obex_t *handle, obex_object_t *object) {
  uint8_t id;
  obex_headerdata_t value;
  uint32_t length;
  while (OBEX_ObjectGetNextHeader(handle, object, &id, &value, &length)) {
    if (id == OBEX_HDR_TYPE) fwrite(value.bs, 1, strnlen((const char *)value.bs, length), stdout);
    if (id == OBEX_HDR_BODY) {
      memcpy(body, value.bs, length);
      bodyLength = (int)length;
    }
  }
  fputc('\n', stdout);
  fwrite(body, 1, bodyLength, stdout);
  fflush(stdout);
}

static void onEvent(obex_t *handle, obex_object_t *object, int mode, int event, int command, int code) {
  if (mode == OBEX_MODE_CLIENT) {
    if (event == OBEX_EV_REQDONE) {
      response = code;
      if (command == OBEX_CMD_CONNECT) readConnected(handle, object);
    }
    if (event == OBEX_EV_LINKERR || event == OBEX_EV_PARSEERR) response = 0;
    return;
  }
  if (event == OBEX_EV_REQHINT) OBEX_ObjectSetRsp(object, OBEX_RSP_CONTINUE, OBEX_RSP_SUCCESS);
  if (event == OBEX_EV_REQ && command == OBEX_CMD_PUT) writeObject(handle, object);
  if (event == OBEX_EV_LINKERR || (event == OBEX_EV_REQDONE && command == OBEX_CMD_DISCONNECT)) isOver = 1;
}

static int request(obex_t *handle, obex_object_t *object) {
  response = -1;
  if (OBEX_Request(handle, object) < 0) return 0;
  while (response < 0 && OBEX_HandleInput(handle, 10) > 0) continue;
  return response;
}

static obex_object_t *newObject(obex_t *handle, int command) {
  obex_object_t *object = OBEX_ObjectNew(handle, command);
  obex_headerdata_t value;
  value.bq4 = connectionId;
  if (hasConnectionId) OBEX_ObjectAddHeader(handle, object, OBEX_HDR_CONNECTION, value, 4, OBEX_FL_FIT_ONE_PACKET);
  return object;
}

static void addBytes(obex_t *handle, obex_object_t *object, int id, const void *bytes, size_t length, int flags) {
  obex_headerdata_t value;
  value.bs = bytes;
  OBEX_ObjectAddHeader(handle, object, id, value, (uint32_t)length, flags);
}

static int put(obex_t *handle, const char *type, const char *target) {
  obex_object_t *object = OBEX_ObjectNew(handle, OBEX_CMD_CONNECT);
  if (target) addBytes(handle, object, OBEX_HDR_TARGET, target, strlen(target), OBEX_FL_FIT_ONE_PACKET);
  if (request(handle, object) != OBEX_RSP_SUCCESS) return 3;
  if (target && !hasConnectionId) return 4;
  object = newObject(handle, OBEX_CMD_PUT);
  if (*type) addBytes(handle, object, OBEX_HDR_TYPE, type, strlen(type) + 1, OBEX_FL_FIT_ONE_PACKET);
  addBytes(handle, object, OBEX_HDR_BODY, body, bodyLength, 0);
  int code = request(handle, object);
  printf("%02x\n", code);
  request(handle, newObject(handle, OBEX_CMD_DISCONNECT));
  return code == OBEX_RSP_SUCCESS ? 0 : 5;
}

int main(int count, char **args) {
  if (count < 4) return 2;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(args[2]))};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  int mtu = atoi(args[3]);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  obex_t *handle = OBEX_Init(OBEX_TRANS_FD, onEvent, 0);
  if (!handle || OBEX_SetTransportMTU(handle, mtu, mtu) < 0) return 2;
  if (!strcmp(args[1], "put") && count > 4) {
    bodyLength = (int)fread(body, 1, sizeof body, stdin);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) return 2;
    FdOBEX_TransportSetup(handle, fd, fd, mtu);
    return put(handle, args[4], count > 5 ? args[5] : 0);
  }
  int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 1) < 0) return 2;
  fputs("ready\n", stderr);
  int peer = accept(fd, 0, 0);
  FdOBEX_TransportSetup(handle, peer, peer, mtu);
  while (!isOver && OBEX_HandleInput(handle, 10) > 0) continue;
  return 0;
}
