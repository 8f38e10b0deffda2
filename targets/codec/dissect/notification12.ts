/** Dissects a notification of DM 1.2: OMA-TS-DM_Notification-V1_2 §6. */
import * as pkg0 from "../../../src/index.ts";
import { hexOf } from "../hex.ts";
import { INITIATORS, UI_MODES } from "../words.ts";
import { type Field, listFields } from "./field.ts";

const SECTION = "DM 1.2 §6.1";

/** The fields of `bytes[from..to)`. Bytes that cannot be read become a field that says so. */
export function dissect12(bytes: Uint8Array, from: number, to: number): Field[] {
  const list = listFields(bytes, from, to, "notification");
  const digest = hexOf(bytes.subarray(from, Math.min(to, from + pkg0.MD5_BYTES)));
  if (!list.add(pkg0.MD5_BYTES, "digest", "DM 1.2 §6.2.1", { value: digest, layer: "digest" })) return list.fields;
  //  version:10 ui-mode:2 initiator:1 future-use:27 sessionid:16 length-identifier:8
  const isWhole = list.bits(5, [
    { width: 10, name: "version", section: SECTION, say: value => ({ value, meaning: (value / 10).toFixed(1) }) },
    { width: 2, name: "ui-mode", section: SECTION, say: value => ({ value, meaning: UI_MODES[value]! }) },
    { width: 1, name: "initiator", section: SECTION, say: value => ({ value, meaning: INITIATORS[value]! }) },
    { width: 27, name: "future-use", section: SECTION },
  ]);
  if (!isWhole) return list.fields;
  if (list.at + 3 > to) {
    list.rest("sessionid, length-identifier", "cut");
    return list.fields;
  }
  const sessionId = (bytes[list.at]! << 8) | bytes[list.at + 1]!;
  list.add(2, "sessionid", SECTION, { value: pkg0.sessionIdText(sessionId) });
  const length = bytes[list.at]!;
  list.add(1, "length-identifier", SECTION, { value: length });
  if (length === 0 || list.at + length > to) {
    list.rest("not read", "");
    return list.fields;
  }
  list.add(length, "server-identifier", SECTION, {
    value: pkg0.utf8Text(bytes, list.at, list.at + length),
  });
  const body = to - list.at;
  if (body > 0) list.add(body, "vendor-specific body", SECTION, { value: hexOf(bytes.subarray(list.at, to)) });
  return list.fields;
}
