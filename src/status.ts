/**
 * Status codes. This file imports nothing, so esbuild inlines every number and drops the names.
 *
 * Status numbers are permanent: append, never renumber, never reuse. The second digit from the right is the layer (layerOf),
 * in the order of the pipeline: 1 SMS, 2 WSP, 3 SIP, 4 HTTP, 5 OBEX, 6 Package #0 of DM 1.3, 7 of DM 1.2, 8 account and
 * digest, 9 admission, A session, B storage, C AT modem, D fields given by the caller, E the tools of a host alone. A layer
 * that is full goes on at 0x100 + layer. status-names.ts has the meaning of each.
 */
export type Status = number;

/** The result of a writer: the offset after the bytes that it wrote, or minus a status when it could not write them. */
export type EndOrMinusStatus = number;

/** The layer of a status: its second hex digit from the right. OK and MORE are of layer 0. */
export function layerOf(status: Status): number {
  return (status >> 4) & 15;
}

/** accepted */
export const OK = 0x00;
/** not an error: more parts of this message are needed */
export const MORE = 0x01;

/** the TPDU ends before its user data does (TS 23.040 §9.2.2) */
export const TPDU_SHORT = 0x10;
/** the SMSC part goes beyond the end (TS 27.005 §3.1) */
export const TPDU_SMSC = 0x11;
/** neither an SMS-DELIVER nor an SMS-SUBMIT that may be read (TS 23.040 §9.2.3.1) */
export const TPDU_TYPE = 0x12;
/** an address of more than 20 digits (TS 23.040 §9.1.2.5) */
export const TPDU_ADDRESS = 0x13;
/** the user data is not 8-bit: a text (TS 23.038 §4) */
export const TPDU_DCS = 0x14;
/** more than 140 octets of user data (TS 23.040 §9.2.3.16) */
export const TPDU_USER_DATA = 0x15;
/** no application port, or a UDH that runs over (TS 23.040 §9.2.3.24) */
export const SMS_PORT_MISSING = 0x16;
/** for an application port other than 2948 (§7.1.1) */
export const SMS_PORT_OTHER = 0x17;
/** the same short message, or the same part, again */
export const SMS_DUPLICATE = 0x18;
/** more parts than one message may have here */
export const SMS_MESSAGE_LONG = 0x19;
/** more octets than one part may have here */
export const SMS_PART_LONG = 0x1a;
/** parts whose message never became complete were dropped for their age */
export const SMS_EXPIRED = 0x1b;
/** parts were dropped to make room for others */
export const SMS_EVICTED = 0x1c;
/** the segment is shorter than its header (CDMA WDP) */
export const WDP_SHORT = 0x1d;
/** the message type is not 0, or the segment number is not below the total (CDMA WDP) */
export const WDP_HEADER = 0x1e;
/** this client was made without short messages */
export const SMS_OFF = 0x1f;
/** a part of a message with more parts than are joined, which does not show the application */
export const SMS_MESSAGE_OTHER = 0x110;

/** shorter than the smallest push PDU (WAP-230 §8.2.4) */
export const WSP_SHORT = 0x20;
/** not a connectionless push (06) */
export const WSP_PDU_TYPE = 0x21;
/** HeadersLen goes beyond the end of the datagram */
export const WSP_HEADERS_LENGTH = 0x22;
/** more bytes of headers than allowed (§7.1: 48) */
export const WSP_HEADERS_LONG = 0x23;
/** HeadersLen is cut, longer than 5 octets or above 32 bits */
export const WSP_UINTVAR = 0x24;
/** the Content-Type cannot be read */
export const WSP_CONTENT_TYPE = 0x25;
/** not a content type of OMA DM notifications */
export const WSP_CONTENT_TYPE_OTHER = 0x26;
/** a header has no name, no value, or runs over the end */
export const WSP_HEADER = 0x27;
/** no X-Wap-Application-Id */
export const WSP_APPLICATION_MISSING = 0x28;
/** for an application other than the DM client (07) */
export const WSP_APPLICATION_OTHER = 0x29;

/** the first line is not that of a SIP request (RFC 3261 §7.1) */
export const SIP_START_LINE = 0x30;
/** not SIP/2.0 */
export const SIP_VERSION = 0x31;
/** a header is malformed, or there twice (RFC 3261 §7.3) */
export const SIP_HEADER = 0x32;
/** no Via, From, To, Call-ID, CSeq or Max-Forwards (RFC 3261 §8.1.1) */
export const SIP_HEADER_MISSING = 0x33;
/** neither MESSAGE nor OPTIONS */
export const SIP_METHOD = 0x34;
/** the Request-URI is neither sip: nor sips: */
export const SIP_URI_SCHEME = 0x35;
/** requires an extension (RFC 3261 §8.2.2.3) */
export const SIP_REQUIRE = 0x36;
/** not a content type of OMA DM notifications, or encoded */
export const SIP_CONTENT_TYPE = 0x37;
/** Content-Length is no number, or more than there is (RFC 3261 §18.3) */
export const SIP_CONTENT_LENGTH = 0x38;
/** a datagram of more bytes than allowed */
export const SIP_MESSAGE_LONG = 0x39;
/** a body of more bytes than allowed, or a MESSAGE of more than 1300 (RFC 3428 §8) */
export const SIP_BODY_LONG = 0x3a;
/** the answer has no room, or would be more than twice as long as the request */
export const SIP_REPLY_LONG = 0x3b;
/** a response to nothing that was asked */
export const SIP_RESPONSE = 0x3c;
/** the registrar's challenge cannot be answered, or refused the answer (RFC 3261 §22) */
export const SIP_CHALLENGE = 0x3d;
/** the peer answered with an error */
export const SIP_REFUSED = 0x3e;
/** no answer within 32 seconds (RFC 3261 §17.1.2.2) */
export const SIP_NO_ANSWER = 0x3f;
/** the same request came by another way before (RFC 3261 §8.2.2.2) */
export const SIP_MERGED = 0x130;

/** the first line is not that of HTTP (RFC 9112 §3, §4) */
export const HTTP_START_LINE = 0x40;
/** not HTTP/1.0 or HTTP/1.1 */
export const HTTP_VERSION = 0x41;
/** a header is malformed, Host is absent, or one is there twice (RFC 9112 §3.2, §5) */
export const HTTP_HEADER = 0x42;
/** more bytes of headers, chunk lines or trailers than allowed */
export const HTTP_HEADERS_LONG = 0x43;
/** for another path */
export const HTTP_PATH = 0x44;
/** neither POST nor OPTIONS */
export const HTTP_METHOD = 0x45;
/** Content-Length is no number, there twice, or beside Transfer-Encoding (RFC 9112 §6.3) */
export const HTTP_CONTENT_LENGTH = 0x46;
/** a transfer coding other than chunked */
export const HTTP_TRANSFER_ENCODING = 0x47;
/** a chunk is malformed (RFC 9112 §7.1) */
export const HTTP_CHUNK = 0x48;
/** a body of more bytes than allowed */
export const HTTP_BODY_LONG = 0x49;
/** not a content type of OMA DM notifications, or encoded */
export const HTTP_CONTENT_TYPE = 0x4a;
/** for an application other than the DM client */
export const HTTP_APPLICATION_OTHER = 0x4b;
/** a POST with neither Content-Length nor chunks */
export const HTTP_LENGTH_MISSING = 0x4c;
/** a request that took longer than allowed */
export const HTTP_SLOW = 0x4d;
/** the connection ended within a request */
export const HTTP_CUT = 0x4e;
/** not an error: the exchange is over, close the connection */
export const HTTP_END = 0x4f;
/** the device answered with a code other than 2xx */
export const HTTP_REFUSED = 0x140;
/** no answer in the time allowed */
export const HTTP_NO_ANSWER = 0x141;
/** pipelined requests have no room together: the unanswered ones must be sent again */
export const HTTP_PIPELINED = 0x142;

/** a packet's length is less than its fixed part */
export const OBEX_PACKET_LENGTH = 0x50;
/** a packet of more bytes than CONNECT allowed */
export const OBEX_PACKET_LONG = 0x51;
/** a header runs over the end of its packet (IrOBEX §2.1) */
export const OBEX_HEADER = 0x52;
/** an operation other than CONNECT, PUT, ABORT and DISCONNECT */
export const OBEX_OPCODE = 0x53;
/** for another ConnectionID or Target */
export const OBEX_CONNECTION = 0x54;
/** the Type is not one of OMA DM notifications */
export const OBEX_TYPE = 0x55;
/** an object of more bytes than allowed */
export const OBEX_BODY_LONG = 0x56;
/** a PUT without Body and End-of-Body */
export const OBEX_BODY_MISSING = 0x57;
/** the connection ended within an operation */
export const OBEX_CUT = 0x58;
/** not an error: the exchange is over, close the connection */
export const OBEX_END = 0x59;
/** the peer answered with an error */
export const OBEX_REFUSED = 0x5a;
/** an operation that took longer than allowed */
export const OBEX_SLOW = 0x5b;
/** no answer in time */
export const OBEX_NO_ANSWER = 0x5c;
/** packets that did not wait for the answers to earlier ones have no room together */
export const OBEX_PIPELINED = 0x5d;

/** shorter than header and digest (§6) */
export const NOTIFICATION_SHORT = 0x60;
/** VER is not 1 (§6.4.1) */
export const NOTIFICATION_VERSION = 0x61;
/** VER is 4: a Package #0 of DM 2.0 */
export const NOTIFICATION_DM20 = 0x62;
/** SESSIONID is 0 (§6.4.8) */
export const SESSION_ID_ZERO = 0x63;
/** an option runs into the digest, or OPC counts more than there are (§6.2, §6.4.2) */
export const OPTION_CUT = 0x64;
/** an option stands after one with a higher number (§6.2) */
export const OPTION_ORDER = 0x65;
/** an option of length 0 (§6.3) */
export const OPTION_EMPTY = 0x66;
/** an option has more bytes than its row allows (§6.3) */
export const OPTION_LONG = 0x67;
/** a second Server-ID (§6.5.1) */
export const SERVER_ID_TWICE = 0x68;
/** a second Connect-Reason (§6.3) */
export const CONNECT_REASON_TWICE = 0x69;
/** a second Vendor-Info (§6.5.3) */
export const VENDOR_INFO_TWICE = 0x6a;
/** bytes between the last option and the digest, or OPC counts fewer than there are */
export const OPTIONS_TRAILING = 0x6b;
/** no Server-ID (§6.5.1) */
export const SERVER_ID_MISSING = 0x6c;
/** no Requested-MO (§6.5.4) */
export const REQUESTED_MO_MISSING = 0x6d;
/** a text is not UTF-8 (§6.2.3) */
export const UTF8_ILL_FORMED = 0x6e;
/** more bytes than this client takes */
export const NOTIFICATION_LONG = 0x6f;

/** shorter than digest and trigger header (DM 1.2 §6.1) */
export const NOTIFICATION12_SHORT = 0x70;
/** version is not 1.0 to 1.2 (DM 1.2 §6.1) */
export const NOTIFICATION12_VERSION = 0x71;
/** length-identifier is 0 (DM 1.2 §6.1) */
export const SERVER_ID_EMPTY = 0x72;
/** the server identifier runs over the end (DM 1.2 §6.1) */
export const SERVER_ID_CUT = 0x73;

/** no DMAcc has this Server-ID */
export const ACCOUNT_UNKNOWN = 0x80;
/** the DMAcc has no AAuthSecret for this format (§6.6) */
export const ACCOUNT_NO_SECRET = 0x81;
/** the digest does not match (§6.6) */
export const DIGEST_WRONG = 0x82;

/** the same notification, or the same session, again (§6.4.8) */
export const DUPLICATE = 0x90;
/** not newer than a notification that this account has forgotten */
export const REPLAY = 0x91;
/** older than its TIMEOUT (§6.4.7, §6.4.9) */
export const EXPIRED = 0x92;
/** TIMESTAMP is further ahead than allowed */
export const FUTURE = 0x93;
/** too many digests were asked for in a short time */
export const THROTTLED = 0x94;
/** too many messages under one nonce: a session must renew it (DM 1.2) */
export const NONCE_SPENT = 0x95;
/** too many sessions of this account wait already */
export const PENDING_FULL = 0x96;

/** no such session is pending */
export const SESSION_UNKNOWN = 0xa0;
/** the session waits for a bearer or for the board (§6.5) */
export const SESSION_WAITING = 0xa1;
/** the user or the board declined the session (§6.4.4, §6.5.2) */
export const SESSION_REFUSED = 0xa2;
/** a receiver of the board did not open */
export const RECEIVER_ABSENT = 0xa3;

/** the storage did not take a record */
export const STORE_WRITE = 0xb0;
/** a stored record is damaged */
export const STORE_CORRUPT = 0xb1;
/** a stored record has a later format */
export const STORE_VERSION = 0xb2;
/** no place for one more account */
export const ACCOUNTS_FULL = 0xb3;
/** the ServerID is empty or too long */
export const ACCOUNT_INVALID = 0xb4;
/** one of the two copies of a stored record is damaged: the last save may be lost */
export const STORE_FALLBACK = 0xb5;
/** a stored record cannot be read now */
export const STORE_UNREADABLE = 0xb6;

/** the modem is set up and announces messages */
export const MODEM_READY = 0xc0;
/** nothing answers at the serial port */
export const MODEM_ABSENT = 0xc1;
/** the modem was reset or has lost its settings: it is set up again */
export const MODEM_RESET = 0xc2;
/** a command was not answered in time */
export const MODEM_TIMEOUT = 0xc3;
/** the modem refused a command that is needed */
export const MODEM_ERROR = 0xc4;
/** a line from the modem is longer than any PDU */
export const MODEM_LINE_LONG = 0xc5;
/** a PDU is not hex, or not as long as its header says (TS 27.005 §3.1) */
export const MODEM_PDU = 0xc6;
/** the modem is set up and announces nothing: its store is listed now and then */
export const MODEM_POLLING = 0xc7;
/** the program that takes messages threw an exception */
export const MODEM_DELIVER = 0xc8;
/** messages for other programs fill the modem's store: no more can arrive */
export const MODEM_STORE_FULL = 0xc9;
/** another message is being sent */
export const MODEM_BUSY = 0xca;
/** the driver is not open */
export const MODEM_CLOSED = 0xcb;

/** sessionId is not 1 to 65535 (§6.4.8) */
export const FIELD_SESSION_ID = 0xd0;
/** serverId is not 1 to 255 bytes of UTF-8 (§6.5.1) */
export const FIELD_SERVER_ID = 0xd1;
/** requestedMo is empty (§6.5.4) */
export const FIELD_REQUESTED_MO = 0xd2;
/** a number is out of its range (§6.1, §6.3) */
export const FIELD_RANGE = 0xd3;
/** more than 7 options (§6.4.2) */
export const FIELD_OPTIONS = 0xd4;
/** connectReason or vendorInfo is too long or not UTF-8 (§6.3) */
export const FIELD_TEXT = 0xd5;
/** the output has too little room */
export const FIELD_BUFFER = 0xd6;
/** a text has a C1 control, a byte order mark at its start or a CR without LF (§6.2.3, RFC 5198) */
export const FIELD_NET_UNICODE = 0xd7;

/** neither an SMS TPDU, nor a WSP push, nor a Package #0; --as names its layer */
export const NOT_RECOGNISED = 0xe0;
/** not pairs of hex digits */
export const NOT_HEX = 0xe1;
/** the fields are not JSON */
export const NOT_JSON = 0xe2;
/** the format has no field of this name */
export const FIELD_UNKNOWN = 0xe3;
/** a field has a value of the wrong kind */
export const FIELD_TYPE = 0xe4;
/** a line of more than 1048576 characters, or a capture of more than 256 MB */
export const INPUT_LONG = 0xe5;

/** another notification of this server has the sessionId, and is still valid (§6.4.8) */
export const SESSION_ID_USED = 0xe8;
/** all 65535 session ids of this server belong to notifications that are still valid (§6.4.8) */
export const SESSION_IDS_SPENT = 0xe9;

/** Whether the reason of a refusal is temporary: the same message may be accepted later, so a driver that can keep it does. */
export function isPassing(status: Status): boolean {
  return (
    status === THROTTLED ||
    status === MODEM_DELIVER ||
    status === PENDING_FULL ||
    status === STORE_WRITE ||
    status === STORE_CORRUPT ||
    status === STORE_VERSION ||
    status === STORE_UNREADABLE
  );
}
