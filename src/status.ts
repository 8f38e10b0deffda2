/**
 * Status codes. This file imports nothing, so esbuild inlines every number and drops the names.
 *
 * Status numbers are permanent: append, never renumber, never reuse. The second digit from the right is the layer
 * (layerOf), in the order of the pipeline: 1 SMS, 2 WSP, 3 SIP, 4 HTTP, 5 OBEX, 6 Package #0 of DM 1.3, 7 of DM 1.2,
 * 8 account and digest, 9 admission, A session, B storage, C AT modem, D fields given by the caller, E the tools of a
 * host alone. A layer that is full goes on at 0x100 + layer. Their meanings: status-names.ts.
 */
export type Status = number;

/** What a writer returns: the offset after what it wrote, or minus a status when it wrote nothing of use. */
export type EndOrMinusStatus = number;

/** The layer of a status: the digit above. OK and MORE are of layer 0. */
export function layerOf(status: Status): number {
  return (status >> 4) & 15;
}

export const OK = 0x00;
export const MORE = 0x01;

export const TPDU_SHORT = 0x10;
export const TPDU_SMSC = 0x11;
export const TPDU_TYPE = 0x12;
export const TPDU_ADDRESS = 0x13;
export const TPDU_DCS = 0x14;
export const TPDU_USER_DATA = 0x15;
export const SMS_PORT_MISSING = 0x16;
export const SMS_PORT_OTHER = 0x17;
export const SMS_DUPLICATE = 0x18;
export const SMS_MESSAGE_LONG = 0x19;
export const SMS_PART_LONG = 0x1a;
export const SMS_EXPIRED = 0x1b;
export const SMS_EVICTED = 0x1c;
export const WDP_SHORT = 0x1d;
export const WDP_HEADER = 0x1e;
export const SMS_OFF = 0x1f;
export const SMS_MESSAGE_OTHER = 0x110;

export const WSP_SHORT = 0x20;
export const WSP_PDU_TYPE = 0x21;
export const WSP_HEADERS_LENGTH = 0x22;
export const WSP_HEADERS_LONG = 0x23;
export const WSP_UINTVAR = 0x24;
export const WSP_CONTENT_TYPE = 0x25;
export const WSP_CONTENT_TYPE_OTHER = 0x26;
export const WSP_HEADER = 0x27;
export const WSP_APPLICATION_MISSING = 0x28;
export const WSP_APPLICATION_OTHER = 0x29;

export const SIP_START_LINE = 0x30;
export const SIP_VERSION = 0x31;
export const SIP_HEADER = 0x32;
export const SIP_HEADER_MISSING = 0x33;
export const SIP_METHOD = 0x34;
export const SIP_URI_SCHEME = 0x35;
export const SIP_REQUIRE = 0x36;
export const SIP_CONTENT_TYPE = 0x37;
export const SIP_CONTENT_LENGTH = 0x38;
export const SIP_MESSAGE_LONG = 0x39;
export const SIP_BODY_LONG = 0x3a;
export const SIP_REPLY_LONG = 0x3b;
export const SIP_RESPONSE = 0x3c;
export const SIP_CHALLENGE = 0x3d;
export const SIP_REFUSED = 0x3e;
export const SIP_NO_ANSWER = 0x3f;
export const SIP_MERGED = 0x130;

export const HTTP_START_LINE = 0x40;
export const HTTP_VERSION = 0x41;
export const HTTP_HEADER = 0x42;
export const HTTP_HEADERS_LONG = 0x43;
export const HTTP_PATH = 0x44;
export const HTTP_METHOD = 0x45;
export const HTTP_CONTENT_LENGTH = 0x46;
export const HTTP_TRANSFER_ENCODING = 0x47;
export const HTTP_CHUNK = 0x48;
export const HTTP_BODY_LONG = 0x49;
export const HTTP_CONTENT_TYPE = 0x4a;
export const HTTP_APPLICATION_OTHER = 0x4b;
export const HTTP_LENGTH_MISSING = 0x4c;
export const HTTP_SLOW = 0x4d;
export const HTTP_CUT = 0x4e;
export const HTTP_END = 0x4f;
export const HTTP_REFUSED = 0x140;
export const HTTP_NO_ANSWER = 0x141;
export const HTTP_PIPELINED = 0x142;

export const OBEX_PACKET_LENGTH = 0x50;
export const OBEX_PACKET_LONG = 0x51;
export const OBEX_HEADER = 0x52;
export const OBEX_OPCODE = 0x53;
export const OBEX_CONNECTION = 0x54;
export const OBEX_TYPE = 0x55;
export const OBEX_BODY_LONG = 0x56;
export const OBEX_BODY_MISSING = 0x57;
export const OBEX_CUT = 0x58;
export const OBEX_END = 0x59;
export const OBEX_REFUSED = 0x5a;
export const OBEX_SLOW = 0x5b;
export const OBEX_NO_ANSWER = 0x5c;
export const OBEX_PIPELINED = 0x5d;

export const NOTIFICATION_SHORT = 0x60;
export const NOTIFICATION_VERSION = 0x61;
export const NOTIFICATION_DM20 = 0x62;
export const SESSION_ID_ZERO = 0x63;
export const OPTION_CUT = 0x64;
export const OPTION_ORDER = 0x65;
export const OPTION_EMPTY = 0x66;
export const OPTION_LONG = 0x67;
export const SERVER_ID_TWICE = 0x68;
export const CONNECT_REASON_TWICE = 0x69;
export const VENDOR_INFO_TWICE = 0x6a;
export const OPTIONS_TRAILING = 0x6b;
export const SERVER_ID_MISSING = 0x6c;
export const REQUESTED_MO_MISSING = 0x6d;
export const UTF8_ILL_FORMED = 0x6e;
export const NOTIFICATION_LONG = 0x6f;

export const NOTIFICATION12_SHORT = 0x70;
export const NOTIFICATION12_VERSION = 0x71;
export const SERVER_ID_EMPTY = 0x72;
export const SERVER_ID_CUT = 0x73;

export const ACCOUNT_UNKNOWN = 0x80;
export const ACCOUNT_NO_SECRET = 0x81;
export const DIGEST_WRONG = 0x82;

export const DUPLICATE = 0x90;
export const REPLAY = 0x91;
export const EXPIRED = 0x92;
export const FUTURE = 0x93;
export const THROTTLED = 0x94;
export const NONCE_SPENT = 0x95;
export const PENDING_FULL = 0x96;

export const SESSION_UNKNOWN = 0xa0;
export const SESSION_WAITING = 0xa1;
export const SESSION_REFUSED = 0xa2;
export const RECEIVER_ABSENT = 0xa3;

export const STORE_WRITE = 0xb0;
export const STORE_CORRUPT = 0xb1;
export const STORE_VERSION = 0xb2;
export const ACCOUNTS_FULL = 0xb3;
export const ACCOUNT_INVALID = 0xb4;

export const MODEM_READY = 0xc0;
export const MODEM_ABSENT = 0xc1;
export const MODEM_RESET = 0xc2;
export const MODEM_TIMEOUT = 0xc3;
export const MODEM_ERROR = 0xc4;
export const MODEM_LINE_LONG = 0xc5;
export const MODEM_PDU = 0xc6;
export const MODEM_POLLING = 0xc7;
export const MODEM_DELIVER = 0xc8;
export const MODEM_STORE_FULL = 0xc9;
export const MODEM_BUSY = 0xca;
export const MODEM_CLOSED = 0xcb;

export const FIELD_SESSION_ID = 0xd0;
export const FIELD_SERVER_ID = 0xd1;
export const FIELD_REQUESTED_MO = 0xd2;
export const FIELD_RANGE = 0xd3;
export const FIELD_OPTIONS = 0xd4;
export const FIELD_TEXT = 0xd5;
export const FIELD_BUFFER = 0xd6;
export const FIELD_NET_UNICODE = 0xd7;

export const NOT_RECOGNISED = 0xe0;
export const NOT_HEX = 0xe1;
export const NOT_JSON = 0xe2;
export const FIELD_UNKNOWN = 0xe3;
export const FIELD_TYPE = 0xe4;
export const INPUT_LONG = 0xe5;

/**
 * Whether the reason of a refusal passes: the same message may be accepted when it is read again, so a driver that has a
 * memory keeps it.
 */
export function isPassing(status: Status): boolean {
  return status === THROTTLED || status === PENDING_FULL || status === STORE_WRITE;
}
