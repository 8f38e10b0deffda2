/** The marks that identify a DM notification in every transport: the MIME types (§6) and the application id (§7.1). */
import { CONTENT_TYPE_12, CONTENT_TYPE_13, CONTENT_TYPE_OTHER } from "../wire.ts";

/** The type of Package #0 of DM 1.3 (§6). */
export const MIME_13 = "application/vnd.syncml.dm.notification";
/** The type of Package #0 of DM 1.2. */
export const MIME_12 = "application/vnd.syncml.notification";

/** The name of the DM application in a textual X-Wap-Application-Id; its WSP code is 0x07. */
export const DM_APPLICATION = "x-wap-application:syncml.dm";
export const DM_APPLICATION_CODE = 7;

/**
 * The content type that `bytes[from..to)` names as text: CONTENT_TYPE_13, CONTENT_TYPE_12 or CONTENT_TYPE_OTHER. Case,
 * parameters after ";" and blanks around the type are ignored.
 */
export function readContentType(bytes: Uint8Array, from: number, to: number): number {
  if (isMime(bytes, from, to, MIME_13)) return CONTENT_TYPE_13;
  if (isMime(bytes, from, to, MIME_12)) return CONTENT_TYPE_12;
  return CONTENT_TYPE_OTHER;
}

function isMime(bytes: Uint8Array, from: number, to: number, mime: string): boolean {
  const at = skipBlanks(bytes, from, to);
  if (!isText(bytes, at, to, mime)) return false;
  const end = skipBlanks(bytes, at + mime.length, to);
  return end === to || bytes[end] === 0x3b;
}

/** Whether `bytes[from..to)` begins with `text`. `text` is lower case; letters in `bytes` may be of either case. */
export function isText(bytes: Uint8Array, from: number, to: number, text: string): boolean {
  if (to - from < text.length) return false;
  for (let i = 0; i < text.length; i++) {
    let code = bytes[from + i];
    if (code >= 0x41 && code <= 0x5a) code += 32;
    if (code !== text.charCodeAt(i)) return false;
  }
  return true;
}

function skipBlanks(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
  return at;
}
