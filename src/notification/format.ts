/**
 * Decides which format a Package #0 has; no other file does. The content type of the push names the expected format, but
 * some servers send one format under the type of the other, and some bearers carry no type at all.
 */
import { OK, type Status } from "../status.ts";
import { CONTENT_TYPE_12, type ContentType, FORMAT_12, FORMAT_13, MD5_BYTES } from "../wire.ts";
import type { CheckServer, Notification } from "./fields.ts";
import { readNotification12 } from "./read12.ts";
import { readNotification13 } from "./read13.ts";

/**
 * Reads `bytes[from..to)` into `n` as the format that it has. The first bytes decide: VER 1 of 1.3, or the high bits of a
 * version 1.0 to 1.2 after a digest of 16 bytes. When the bytes fit both formats or neither, the format of `contentType` is
 * read first. When they fit both, and the first reading fails or `checkServer` refuses it, the other format is read, and kept
 * if that reading is better. Returns OK or the status of the reading that was kept, with `n.at` and `n.format`. `rules` and
 * `checkServer` are those of readNotification13. Allocates nothing.
 */
export function readNotification(
  bytes: Uint8Array,
  from: number,
  to: number,
  contentType: ContentType,
  n: Notification,
  rules: number,
  checkServer?: CheckServer,
): Status {
  const is13 = to > from && bytes[from] >> 4 === 1;
  const is12 = to - from > MD5_BYTES && bytes[from + MD5_BYTES] >> 1 === 1;
  const byType = contentType === CONTENT_TYPE_12 ? FORMAT_12 : FORMAT_13;
  let format = is13 === is12 ? byType : is12 ? FORMAT_12 : FORMAT_13;
  let status = OK;
  // a third reading puts that of the first format back into `n`
  for (let i = is13 && is12 ? 3 : 1; i > 0; i--) {
    if (format === FORMAT_13) status = readNotification13(bytes, from, to, n, rules, checkServer);
    else status = readNotification12(bytes, from, to, n) || (checkServer === undefined ? OK : checkServer(n));
    if (status === OK) return OK;
    format = FORMAT_12 + FORMAT_13 - format;
  }
  return status;
}
