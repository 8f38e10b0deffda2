/** HTTP Push (§7.4) at the server: a POST with Package #0 as its entity (OTA-HTTP, WAP-235), and what comes back. */
import { FIELD_RANGE, FIELD_TEXT } from "../../status.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_13 } from "../../wire.ts";
import { DM_APPLICATION, isText, MIME_12, MIME_13 } from "../dm.ts";
import {
  endOfLine,
  isBlank,
  isNamed,
  isWordText,
  newHeaderLine,
  readDecimal,
  readHeaderLine,
  writeDecimal,
  writeSpan,
  writeText,
} from "../header-lines.ts";

/**
 * Writes a POST of `bytes[from..to)` to `out` from `at` on, the last of its connection. `host` is a host or host:port,
 * `path` usually "/wappush", `contentType` CONTENT_TYPE_13 or CONTENT_TYPE_12. Returns the offset after it, or as a
 * negative number FIELD_TEXT, FIELD_RANGE or FIELD_BUFFER.
 */
export function writeHttpPost(
  host: string,
  path: string,
  contentType: number,
  bytes: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  at: number,
): number {
  if (!isWordText(host) || !isWordText(path)) return -FIELD_TEXT;
  if (contentType !== CONTENT_TYPE_13 && contentType !== CONTENT_TYPE_12) return -FIELD_RANGE;
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
  return writeSpan(bytes, from, to, out, end);
}

/** What the device answered. */
export interface HttpAnswer {
  /** 200 to 599. */
  code: number;
  /** X-Wap-Push-Status: 400 accepted, 256 where the tag of its abilities has changed; 0 when absent. */
  pushStatus: number;
}

/**
 * Reads the final response in `bytes[from..to)`, all that has come so far, into `answer`; 1xx are passed over. Returns 1
 * when its head is whole, 0 when more has to come, -1 when it is none.
 */
export function readHttpAnswer(bytes: Uint8Array, from: number, to: number, answer: HttpAnswer): number {
  const line = newHeaderLine();
  let at = from;
  while (at < to) {
    //  HTTP/1.x SP code SP reason   (RFC 9112 §4)
    const end = endOfLine(bytes, at, to);
    if (end < 0) return bytes[to - 1] === 0x0a || to - at > 1000 ? -1 : 0;
    if (end - at < 13 || !isText(bytes, at, end, "http/1.") || !isBlank(bytes[at + 8])) return -1;
    answer.code = readDecimal(bytes, at + 9, at + 12);
    answer.pushStatus = 0;
    line.next = end;
    let found = readHeaderLine(bytes, to, line);
    while (found === 1) {
      if (isNamed(bytes, line, "x-wap-push-status")) {
        let digits = line.valueFrom;
        while (digits < line.valueTo && bytes[digits] > 0x20) digits++;
        answer.pushStatus = readDecimal(bytes, line.valueFrom, digits);
      }
      found = readHeaderLine(bytes, to, line);
    }
    if (found < 0) return 0;
    if (answer.code < 100 || answer.code > 599) return -1;
    if (answer.code >= 200) return 1;
    at = line.next;
  }
  return 0;
}
