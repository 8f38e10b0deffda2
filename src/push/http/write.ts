/**
 * Writes the messages of HTTP Push (§7.4; OTA-HTTP: WAP-235): the POST of a server, whose entity is Package #0, and the
 * answers of a device.
 */
import { isSpanIn, isUint } from "../../bytes.ts";
import {
  type EndOrMinusStatus,
  FIELD_BUFFER,
  FIELD_RANGE,
  FIELD_TEXT,
  HTTP_APPLICATION_OTHER,
  HTTP_BODY_LONG,
  HTTP_CONTENT_TYPE,
  HTTP_HEADERS_LONG,
  HTTP_LENGTH_MISSING,
  HTTP_METHOD,
  HTTP_PATH,
  HTTP_SLOW,
  HTTP_TRANSFER_ENCODING,
  HTTP_VERSION,
  OK,
  type Status,
} from "../../status.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_13, type ContentType } from "../../wire.ts";
import { DM_APPLICATION, MIME_12, MIME_13 } from "../dm.ts";
import { isWordText, writeBytes, writeDecimal, writeText } from "../text.ts";
import { CPI_TAG, type HttpHead } from "./read.ts";

/** A POST has at most this many bytes besides its host, its path and its body. */
export const HTTP_POST_BYTES = 256;

/**
 * Writes a POST of `bytes[from..to)` to `out` from `at` on; it closes its connection. `host` is a host or host:port, `path`
 * usually "/wappush", `contentType` CONTENT_TYPE_13 or CONTENT_TYPE_12. Returns the offset after it, or as a negative number
 * FIELD_TEXT, FIELD_RANGE or FIELD_BUFFER.
 */
export function writeHttpPost(
  host: string,
  path: string,
  contentType: ContentType,
  bytes: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  at: number,
): EndOrMinusStatus {
  if (!isWordText(host) || !isWordText(path)) return -FIELD_TEXT;
  if (contentType !== CONTENT_TYPE_13 && contentType !== CONTENT_TYPE_12) return -FIELD_RANGE;
  if (!isSpanIn(bytes, from, to)) return -FIELD_RANGE;
  if (!isUint(at, out.length)) return -FIELD_BUFFER;
  let end = writeText("POST ", out, at);
  end = writeText(path, out, end);
  end = writeText(" HTTP/1.1\r\nHost: ", out, end);
  end = writeText(host, out, end);
  end = writeText("\r\nConnection: close\r\nX-Wap-Push-OTA-Version: 1.0\r\nX-Wap-Application-Id: ", out, end);
  end = writeText(DM_APPLICATION, out, end);
  end = writeText("\r\nContent-Type: ", out, end);
  end = writeText(contentType === CONTENT_TYPE_13 ? MIME_13 : MIME_12, out, end);
  end = writeText("\r\nContent-Length: ", out, end);
  end = writeDecimal(to - from, out, end);
  end = writeText("\r\n\r\n", out, end);
  return writeBytes(bytes, from, to, out, end);
}

/** The client's abilities, in answers to OPTIONS. */
const ABILITIES = `\r\nCache-Control: no-cache\r\nX-Wap-CPITag: ${CPI_TAG}\r\nX-Wap-Push-Accept: ${MIME_13}, ${MIME_12}\r\nX-Wap-Push-Accept-AppID: ${DM_APPLICATION}`;
const ALLOW = "\r\nAllow: POST, OPTIONS";
const OTA = "\r\nX-Wap-Push-OTA-Version: 1.0\r\nX-Wap-Push-Status: ";

/** Room for an answer whose terminal id has 80 bytes. */
export const HTTP_ANSWER_BYTES = 512;

/** Writes the answer to a message that was refused with `status`. */
export function writeHttpRefusal(status: Status, isLast: boolean, out: Uint8Array): EndOrMinusStatus {
  let at = writeText(`HTTP/1.1 ${answerTo(status)}`, out, 0);
  if (status === HTTP_METHOD) at = writeText(ALLOW, out, at);
  if (isLast) at = writeText("\r\nConnection: close", out, at);
  return writeText("\r\nContent-Length: 0\r\n\r\n", out, at);
}

/** Writes the answer to the POST or OPTIONS `h` (WAP-235 §8.2). An empty `terminalId` is left out. */
export function writeHttpAcceptance(h: HttpHead, terminalId: string, out: Uint8Array): EndOrMinusStatus {
  let at = writeText(`HTTP/1.1 ${answerTo(OK)}${OTA}`, out, 0);
  if (h.isPost) at = writeText(h.cpi === 2 ? `256\r\nX-Wap-CPITag: ${CPI_TAG}` : "400", out, at);
  else {
    // 500 when the gateway already knows the abilities, else 501
    at = writeText(`${h.cpi === 1 ? "500" : "501"}${ALLOW}${ABILITIES}`, out, at);
    if (terminalId !== "") at = writeText(`\r\nX-Wap-Terminal-ID: ${terminalId}`, out, at);
  }
  if (h.isLast) at = writeText("\r\nConnection: close", out, at);
  return writeText("\r\n\r\n", out, at);
}

function answerTo(status: Status): string {
  if (status === OK) return "204 No Content";
  if (status === HTTP_PATH) return "404 Not Found";
  if (status === HTTP_METHOD) return "405 Method Not Allowed";
  if (status === HTTP_SLOW) return "408 Request Timeout";
  if (status === HTTP_LENGTH_MISSING) return "411 Length Required";
  if (status === HTTP_BODY_LONG) return "413 Content Too Large";
  if (status === HTTP_CONTENT_TYPE) return "415 Unsupported Media Type";
  if (status === HTTP_HEADERS_LONG) return "431 Request Header Fields Too Large";
  if (status === HTTP_TRANSFER_ENCODING) return "501 Not Implemented";
  if (status === HTTP_VERSION) return "505 HTTP Version Not Supported";
  if (status === HTTP_APPLICATION_OTHER) return "403 Forbidden";
  return "400 Bad Request";
}
