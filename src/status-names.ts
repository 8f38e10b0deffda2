/**
 * Names and meanings of the statuses, for hosts; device bundles leave this file out and log the number and the offset.
 * Written by build/status-names.mjs from the comments in status.ts: change them there.
 */
import * as codes from "./status.ts";

/** `[name, meaning]` of every status, in the order of the pipeline. */
export const STATUSES: readonly (readonly [name: string, meaning: string])[] = [
  ["OK", "accepted"],
  ["MORE", "not an error: more parts of this message are needed"],

  ["TPDU_SHORT", "the TPDU ends before its user data does (TS 23.040 §9.2.2)"],
  ["TPDU_SMSC", "the SMSC part goes beyond the end (TS 27.005 §3.1)"],
  ["TPDU_TYPE", "neither an SMS-DELIVER nor an SMS-SUBMIT that may be read (TS 23.040 §9.2.3.1)"],
  ["TPDU_ADDRESS", "an address of more than 20 digits (TS 23.040 §9.1.2.5)"],
  ["TPDU_DCS", "the user data is not 8-bit: a text (TS 23.038 §4)"],
  ["TPDU_USER_DATA", "more than 140 octets of user data (TS 23.040 §9.2.3.16)"],
  ["SMS_PORT_MISSING", "no application port, or a UDH that runs over (TS 23.040 §9.2.3.24)"],
  ["SMS_PORT_OTHER", "for an application port other than 2948 (§7.1.1)"],
  ["SMS_DUPLICATE", "the same short message, or the same part, again"],
  ["SMS_MESSAGE_LONG", "more parts than one message may have here"],
  ["SMS_PART_LONG", "more octets than one part may have here"],
  ["SMS_EXPIRED", "parts whose message never became complete were dropped for their age"],
  ["SMS_EVICTED", "parts were dropped to make room for others"],
  ["WDP_SHORT", "the segment is shorter than its header (CDMA WDP)"],
  ["WDP_HEADER", "the message type is not 0, or the segment number is not below the total (CDMA WDP)"],
  ["SMS_OFF", "this client was made without short messages"],
  ["SMS_MESSAGE_OTHER", "a part of a message with more parts than are joined, which does not show the application"],

  ["WSP_SHORT", "shorter than the smallest push PDU (WAP-230 §8.2.4)"],
  ["WSP_PDU_TYPE", "not a connectionless push (06)"],
  ["WSP_HEADERS_LENGTH", "HeadersLen goes beyond the end of the datagram"],
  ["WSP_HEADERS_LONG", "more bytes of headers than allowed (§7.1: 48)"],
  ["WSP_UINTVAR", "HeadersLen is cut, longer than 5 octets or above 32 bits"],
  ["WSP_CONTENT_TYPE", "the Content-Type cannot be read"],
  ["WSP_CONTENT_TYPE_OTHER", "not a content type of OMA DM notifications"],
  ["WSP_HEADER", "a header has no name, no value, or runs over the end"],
  ["WSP_APPLICATION_MISSING", "no X-Wap-Application-Id"],
  ["WSP_APPLICATION_OTHER", "for an application other than the DM client (07)"],

  ["SIP_START_LINE", "the first line is not that of a SIP request (RFC 3261 §7.1)"],
  ["SIP_VERSION", "not SIP/2.0"],
  ["SIP_HEADER", "a header is malformed, or there twice (RFC 3261 §7.3)"],
  ["SIP_HEADER_MISSING", "no Via, From, To, Call-ID, CSeq or Max-Forwards (RFC 3261 §8.1.1)"],
  ["SIP_METHOD", "neither MESSAGE nor OPTIONS"],
  ["SIP_URI_SCHEME", "the Request-URI is neither sip: nor sips:"],
  ["SIP_REQUIRE", "requires an extension (RFC 3261 §8.2.2.3)"],
  ["SIP_CONTENT_TYPE", "not a content type of OMA DM notifications, or encoded"],
  ["SIP_CONTENT_LENGTH", "Content-Length is no number, or more than there is (RFC 3261 §18.3)"],
  ["SIP_MESSAGE_LONG", "a datagram of more bytes than allowed"],
  ["SIP_BODY_LONG", "a body of more bytes than allowed, or a MESSAGE of more than 1300 (RFC 3428 §8)"],
  ["SIP_REPLY_LONG", "the answer has no room, or would be more than twice as long as the request"],
  ["SIP_RESPONSE", "a response to nothing that was asked"],
  ["SIP_CHALLENGE", "the registrar's challenge cannot be answered, or refused the answer (RFC 3261 §22)"],
  ["SIP_REFUSED", "the peer answered with an error"],
  ["SIP_NO_ANSWER", "no answer within 32 seconds (RFC 3261 §17.1.2.2)"],
  ["SIP_MERGED", "the same request came by another way before (RFC 3261 §8.2.2.2)"],

  ["HTTP_START_LINE", "the first line is not that of HTTP (RFC 9112 §3, §4)"],
  ["HTTP_VERSION", "not HTTP/1.0 or HTTP/1.1"],
  ["HTTP_HEADER", "a header is malformed, Host is absent, or one is there twice (RFC 9112 §3.2, §5)"],
  ["HTTP_HEADERS_LONG", "more bytes of headers, chunk lines or trailers than allowed"],
  ["HTTP_PATH", "for another path"],
  ["HTTP_METHOD", "neither POST nor OPTIONS"],
  ["HTTP_CONTENT_LENGTH", "Content-Length is no number, there twice, or beside Transfer-Encoding (RFC 9112 §6.3)"],
  ["HTTP_TRANSFER_ENCODING", "a transfer coding other than chunked"],
  ["HTTP_CHUNK", "a chunk is malformed (RFC 9112 §7.1)"],
  ["HTTP_BODY_LONG", "a body of more bytes than allowed"],
  ["HTTP_CONTENT_TYPE", "not a content type of OMA DM notifications, or encoded"],
  ["HTTP_APPLICATION_OTHER", "for an application other than the DM client"],
  ["HTTP_LENGTH_MISSING", "a POST with neither Content-Length nor chunks"],
  ["HTTP_SLOW", "a request that took longer than allowed"],
  ["HTTP_CUT", "the connection ended within a request"],
  ["HTTP_END", "not an error: the exchange is over, close the connection"],
  ["HTTP_REFUSED", "the device answered with a code other than 2xx"],
  ["HTTP_NO_ANSWER", "no answer in the time allowed"],
  ["HTTP_PIPELINED", "pipelined requests have no room together: the unanswered ones must be sent again"],

  ["OBEX_PACKET_LENGTH", "a packet's length is less than its fixed part"],
  ["OBEX_PACKET_LONG", "a packet of more bytes than CONNECT allowed"],
  ["OBEX_HEADER", "a header runs over the end of its packet (IrOBEX §2.1)"],
  ["OBEX_OPCODE", "an operation other than CONNECT, PUT, ABORT and DISCONNECT"],
  ["OBEX_CONNECTION", "for another ConnectionID or Target"],
  ["OBEX_TYPE", "the Type is not one of OMA DM notifications"],
  ["OBEX_BODY_LONG", "an object of more bytes than allowed"],
  ["OBEX_BODY_MISSING", "a PUT without Body and End-of-Body"],
  ["OBEX_CUT", "the connection ended within an operation"],
  ["OBEX_END", "not an error: the exchange is over, close the connection"],
  ["OBEX_REFUSED", "the peer answered with an error"],
  ["OBEX_SLOW", "an operation that took longer than allowed"],
  ["OBEX_NO_ANSWER", "no answer in time"],
  ["OBEX_PIPELINED", "packets that did not wait for the answers to earlier ones have no room together"],

  ["NOTIFICATION_SHORT", "shorter than header and digest (§6)"],
  ["NOTIFICATION_VERSION", "VER is not 1 (§6.4.1)"],
  ["NOTIFICATION_DM20", "VER is 4: a Package #0 of DM 2.0"],
  ["SESSION_ID_ZERO", "SESSIONID is 0 (§6.4.8)"],
  ["OPTION_CUT", "an option runs into the digest, or OPC counts more than there are (§6.2, §6.4.2)"],
  ["OPTION_ORDER", "an option stands after one with a higher number (§6.2)"],
  ["OPTION_EMPTY", "an option of length 0 (§6.3)"],
  ["OPTION_LONG", "an option has more bytes than its row allows (§6.3)"],
  ["SERVER_ID_TWICE", "a second Server-ID (§6.5.1)"],
  ["CONNECT_REASON_TWICE", "a second Connect-Reason (§6.3)"],
  ["VENDOR_INFO_TWICE", "a second Vendor-Info (§6.5.3)"],
  ["OPTIONS_TRAILING", "bytes between the last option and the digest, or OPC counts fewer than there are"],
  ["SERVER_ID_MISSING", "no Server-ID (§6.5.1)"],
  ["REQUESTED_MO_MISSING", "no Requested-MO (§6.5.4)"],
  ["UTF8_ILL_FORMED", "a text is not UTF-8 (§6.2.3)"],
  ["NOTIFICATION_LONG", "more bytes than this client takes"],

  ["NOTIFICATION12_SHORT", "shorter than digest and trigger header (DM 1.2 §6.1)"],
  ["NOTIFICATION12_VERSION", "version is not 1.0 to 1.2 (DM 1.2 §6.1)"],
  ["SERVER_ID_EMPTY", "length-identifier is 0 (DM 1.2 §6.1)"],
  ["SERVER_ID_CUT", "the server identifier runs over the end (DM 1.2 §6.1)"],

  ["ACCOUNT_UNKNOWN", "no DMAcc has this Server-ID"],
  ["ACCOUNT_NO_SECRET", "the DMAcc has no AAuthSecret for this format (§6.6)"],
  ["DIGEST_WRONG", "the digest does not match (§6.6)"],

  ["DUPLICATE", "the same notification, or the same session, again (§6.4.8)"],
  ["REPLAY", "not newer than a notification that this account has forgotten"],
  ["EXPIRED", "older than its TIMEOUT (§6.4.7, §6.4.9)"],
  ["FUTURE", "TIMESTAMP is further ahead than allowed"],
  ["THROTTLED", "too many digests were asked for in a short time"],
  ["NONCE_SPENT", "too many messages under one nonce: a session must renew it (DM 1.2)"],
  ["PENDING_FULL", "too many sessions of this account wait already"],

  ["SESSION_UNKNOWN", "no such session is pending"],
  ["SESSION_WAITING", "the session waits for a bearer or for the board (§6.5)"],
  ["SESSION_REFUSED", "the user or the board declined the session (§6.4.4, §6.5.2)"],
  ["RECEIVER_ABSENT", "a receiver of the board did not open"],

  ["STORE_WRITE", "the storage did not take a record"],
  ["STORE_CORRUPT", "a stored record is damaged"],
  ["STORE_VERSION", "a stored record has a later format"],
  ["ACCOUNTS_FULL", "no place for one more account"],
  ["ACCOUNT_INVALID", "the ServerID is empty or too long"],
  ["STORE_FALLBACK", "one of the two copies of a stored record is damaged: the last save may be lost"],
  ["STORE_UNREADABLE", "a stored record cannot be read now"],

  ["MODEM_READY", "the modem is set up and announces messages"],
  ["MODEM_ABSENT", "nothing answers at the serial port"],
  ["MODEM_RESET", "the modem was reset or has lost its settings: it is set up again"],
  ["MODEM_TIMEOUT", "a command was not answered in time"],
  ["MODEM_ERROR", "the modem refused a command that is needed"],
  ["MODEM_LINE_LONG", "a line from the modem is longer than any PDU"],
  ["MODEM_PDU", "a PDU is not hex, or not as long as its header says (TS 27.005 §3.1)"],
  ["MODEM_POLLING", "the modem is set up and announces nothing: its store is listed now and then"],
  ["MODEM_DELIVER", "the program that takes messages threw an exception"],
  ["MODEM_STORE_FULL", "messages for other programs fill the modem's store: no more can arrive"],
  ["MODEM_BUSY", "another message is being sent"],
  ["MODEM_CLOSED", "the driver is not open"],

  ["FIELD_SESSION_ID", "sessionId is not 1 to 65535 (§6.4.8)"],
  ["FIELD_SERVER_ID", "serverId is not 1 to 255 bytes of UTF-8 (§6.5.1)"],
  ["FIELD_REQUESTED_MO", "requestedMo is empty (§6.5.4)"],
  ["FIELD_RANGE", "a number is out of its range (§6.1, §6.3)"],
  ["FIELD_OPTIONS", "more than 7 options (§6.4.2)"],
  ["FIELD_TEXT", "connectReason or vendorInfo is too long or not UTF-8 (§6.3)"],
  ["FIELD_BUFFER", "the output has too little room"],
  [
    "FIELD_NET_UNICODE",
    "a text has a C1 control, a byte order mark at its start or a CR without LF (§6.2.3, RFC 5198)",
  ],

  ["NOT_RECOGNISED", "neither an SMS TPDU, nor a WSP push, nor a Package #0; --as names its layer"],
  ["NOT_HEX", "not pairs of hex digits"],
  ["NOT_JSON", "the fields are not JSON"],
  ["FIELD_UNKNOWN", "the format has no field of this name"],
  ["FIELD_TYPE", "a field has a value of the wrong kind"],
  ["INPUT_LONG", "a line of more than 1048576 characters, or a capture of more than 256 MB"],

  ["SESSION_ID_USED", "another notification of this server has the sessionId, and is still valid (§6.4.8)"],
  ["SESSION_IDS_SPENT", "all 65535 session ids of this server belong to notifications that are still valid (§6.4.8)"],
];

const numbers: { readonly [name: string]: unknown } = codes;

/** The name of a status, such as "DIGEST_WRONG"; "0x.." for a number that is none. */
export function statusName(status: number): string {
  const row = STATUSES.find(([name]) => numbers[name] === status);
  return row === undefined ? `0x${status.toString(16)}` : row[0];
}

/** The meaning of a status, in a line with its section. */
export function statusMeaning(status: number): string {
  const row = STATUSES.find(([name]) => numbers[name] === status);
  return row === undefined ? "unknown status" : row[1];
}
