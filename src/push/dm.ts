/** The marks that identify a DM notification in every transport: the MIME types (§6) and the application id (§7.1). */
import { CONTENT_TYPE_12, CONTENT_TYPE_13, CONTENT_TYPE_OTHER } from "../wire.ts";

/** How both types begin and end. The one of 1.3 has "dm." between. */
const BEGINNING = "application/vnd.syncml.";
const DM = "dm.";
const ENDING = "notification";
/** The type of Package #0 of DM 1.3 (§6). */
export const MIME_13: string = BEGINNING + DM + ENDING;
/** The type of Package #0 of DM 1.2. */
export const MIME_12: string = BEGINNING + ENDING;

const SEMICOLON = 0x3b;

/** The name of the DM application in a textual X-Wap-Application-Id; its WSP code is 0x07. */
export const DM_APPLICATION = "x-wap-application:syncml.dm";
export const DM_APPLICATION_CODE = 7;

/**
 * The content type that `bytes[from..to)` names as text: CONTENT_TYPE_13, CONTENT_TYPE_12 or CONTENT_TYPE_OTHER. Case,
 * parameters after ";" and blanks around the type are ignored.
 */
export function readContentType(bytes: Uint8Array, from: number, to: number): number {
  let at = skipBlanks(bytes, from, to);
  if (!isText(bytes, at, to, BEGINNING)) return CONTENT_TYPE_OTHER;
  at += BEGINNING.length;
  const is13 = isText(bytes, at, to, DM);
  if (is13) at += DM.length;
  if (!isText(bytes, at, to, ENDING)) return CONTENT_TYPE_OTHER;
  at = skipBlanks(bytes, at + ENDING.length, to);
  if (at < to && bytes[at] !== SEMICOLON) return CONTENT_TYPE_OTHER;
  return is13 ? CONTENT_TYPE_13 : CONTENT_TYPE_12;
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
