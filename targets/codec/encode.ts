/** Encodes and signs notifications from JSON. */
import * as pkg0 from "../../src/index.ts";
import { type Credentials, isSecret, writeSigned } from "./credentials.ts";
import { FieldError, fieldsOf, type NotificationJson } from "./fields.ts";
import type { TextRules } from "./net-unicode.ts";

/** A signed Package #0 and the WSP code of its type, CONTENT_TYPE_13 or CONTENT_TYPE_12. */
export interface Encoded {
  bytes: Uint8Array;
  contentType: number;
}

/**
 * Encodes and signs a Package #0. Throws a FieldError for fields that cannot be sent, and for an empty secret without
 * `allowEmptySecret`: no device takes such a message.
 */
export function encode(json: NotificationJson, credentials: Credentials, rules: TextRules = {}): Encoded {
  if (!isSecret(credentials.secret, credentials.allowEmptySecret)) {
    const what = "is empty, so anyone could sign: devices refuse that, unless their account says allowEmptySecret";
    throw new FieldError("FIELD_TYPE", "secret", what);
  }
  const fields = fieldsOf(json, Math.floor(Date.now() / 1000), rules);
  const is12 = fields.format === pkg0.FORMAT_12;
  const size12 = pkg0.MD5_BYTES + pkg0.TRIGGER_HEADER_BYTES + fields.serverId.length + fields.vendorInfo.length;
  const out = new Uint8Array(is12 ? size12 : pkg0.sizeOfNotification13(fields));
  const end = writeSigned(fields, credentials, out);
  if (end < 0) throw refusalOf(-end, fields);
  return { bytes: out, contentType: is12 ? pkg0.CONTENT_TYPE_12 : pkg0.CONTENT_TYPE_13 };
}

/**
 * Wraps Package #0 into a WSP Push PDU (§7.1). Throws a RangeError unless `tid` is 0 to 255 and `contentType` CONTENT_TYPE_13
 * or CONTENT_TYPE_12.
 */
export function pushOf(bytes: Uint8Array, contentType: number, tid: number): Uint8Array {
  const out = new Uint8Array(pkg0.PUSH_HEADER_BYTES + bytes.length);
  const bodyAt = pkg0.writePushHeader(tid, contentType, out, 0);
  if (bodyAt < 0)
    throw new RangeError(`tid ${tid}, content type ${contentType}: must be 0 to 255, and CONTENT_TYPE_13 or _12`);
  out.set(bytes, bodyAt);
  return out;
}

/** The error for a writer's status: it names the field and its value. */
function refusalOf(status: number, f: pkg0.NotificationFields): FieldError {
  const options = [f.targetedMo, f.requestedMo, f.preferredBearer].reduce((sum, { length }) => sum + length, 1);
  const texts = (f.connectReason.length > 0 ? 1 : 0) + (f.vendorInfo.length > 0 ? 1 : 0);
  const rows: { [status: number]: [field: string | undefined, came: string] } = {
    [pkg0.FIELD_SESSION_ID]: ["sessionId", String(f.sessionId)],
    [pkg0.FIELD_SERVER_ID]: ["serverId", `${f.serverId.length} bytes`],
    [pkg0.FIELD_REQUESTED_MO]: ["requestedMo", ""],
    [pkg0.FIELD_OPTIONS]: [undefined, `${options + texts}`],
    [pkg0.FIELD_TEXT]: [
      f.connectReason.length > f.vendorInfo.length ? "connectReason" : "vendorInfo",
      `${f.connectReason.length} and ${f.vendorInfo.length} bytes`,
    ],
  };
  const [field, came] = rows[status] ?? [undefined, ""];
  const meaning = pkg0.statusMeaning(status);
  return new FieldError(pkg0.statusName(status), field, came === "" ? meaning : `${meaning}: ${came}`);
}
