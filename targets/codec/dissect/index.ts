/** Finds the meaning of each byte of a message, from the TPDU down to the digest. */
import * as pkg0 from "../../../src/index.ts";
import { type Credentials, judgeDigest } from "../credentials.ts";
import type { Judge } from "../judge.ts";
import type { Layer } from "../layer.ts";
import { type Reading, readMessage } from "../read.ts";
import { createTpduReader } from "../tpdus.ts";
import { type Field, type FieldLayer, fieldOf } from "./field.ts";
import { dissect12 } from "./notification12.ts";
import { dissect13 } from "./notification13.ts";
import { dissectPush } from "./push.ts";
import { dissectTpdu, dissectUserData } from "./tpdu.ts";

export type { Field, FieldLayer } from "./field.ts";

/** A dissected message. Its status and offset are those of decode. */
export interface Dissection {
  /** The bytes that all offsets refer to. */
  bytes: Uint8Array;
  /** The layer at which the message begins; null when no layer fits. */
  as: Layer | null;
  /** The name of the status. MORE: a part of a short message whose other parts are missing. */
  status: string;
  /** The offset of the fault; 0 when OK. */
  at: number;
  /** The meaning of a status other than OK. */
  meaning: string;
  /**
   * Each bit of the message belongs to exactly one field without `fields`. When the status is neither OK nor MORE, one field
   * has it: the field at `at`, or an empty field in place of the bytes that are missing there.
   */
  fields: Field[];
  /** The push that this part and earlier ones form. */
  joined?: Dissection;
}

/** Dissects one message; a part of a concatenated short message is dissected up to its user data. Never throws. */
export function dissect(bytes: Uint8Array, as: Layer | "auto" = "auto", credentials?: Credentials): Dissection {
  return dissectionOf(readMessage(bytes, as), credentials);
}

/** Dissects a sequence of messages; createDissector makes one. */
export interface Dissector {
  /** Dissects the next message; `from` is its layer when its form tells it. */
  dissect(bytes: Uint8Array, from?: Layer): Dissection;
  /** The number of parts of short messages that wait for others. */
  waiting(): number;
}

/**
 * Like dissect, for a sequence of messages: joins the parts of concatenated short messages. With a `judge`, status and
 * offset are those of its device.
 */
export function createDissector(as: Layer | "auto" = "auto", credentials?: Credentials, judge?: Judge): Dissector {
  const tpdus = createTpduReader();
  return {
    dissect(bytes, from) {
      const dissection = dissectRow(bytes, as === "auto" ? (from ?? as) : as);
      return judge === undefined ? dissection : judged(dissection, judge);
    },
    waiting: tpdus.waiting,
  };

  function dissectRow(bytes: Uint8Array, layer: Layer | "auto"): Dissection {
    const reading = readMessage(bytes, layer);
    const part = dissectionOf(reading, credentials);
    if (reading.status !== pkg0.MORE) return part;
    const { status, at, push } = reading.layer === "tpdu" ? tpdus.read(bytes) : tpdus.readUserData(bytes);
    if (push !== undefined) {
      const joined = dissectionOf(readMessage(push, "push"), credentials);
      return { ...part, status: joined.status, at: joined.at, meaning: joined.meaning, joined };
    }
    return status === pkg0.MORE ? part : withStatus(part, status, at);
  }
}

/** Replaces the status, which is that of the structure alone, by the verdict of a device. */
function judged(dissection: Dissection, judge: Judge): Dissection {
  const { joined, bytes, as } = dissection;
  if (as === null) return dissection;
  const { status, at, fits } = judge.judge(bytes, as, joined?.bytes);
  const name = pkg0.statusName(status);
  if (name === dissection.status && at === dissection.at) return dissection;
  if (status === pkg0.OK) clearStatus(dissection.fields);
  const whole = status === pkg0.OK ? (joined ?? dissection) : withStatus(joined ?? dissection, status, at);
  const meaning = status === pkg0.OK ? "" : whole.meaning + (fits === undefined ? "" : `; ${fits} would fit`);
  if (joined === undefined) return { ...whole, status: name, at, meaning };
  return { ...dissection, status: name, at, meaning, joined: { ...whole, status: name, at, meaning } };
}

function dissectionOf(reading: Reading, credentials: Credentials | undefined): Dissection {
  const { bytes, layer, status, at, notification } = reading;
  const dissection: Dissection = {
    bytes,
    as: layer,
    status: "OK",
    at: 0,
    meaning: "",
    fields: layer === null ? [unread(bytes, 0, bytes.length)] : fieldsOf(reading),
  };
  if (status === pkg0.OK && credentials !== undefined && notification !== undefined) {
    return withDigest(dissection, notification, credentials);
  }
  return status === pkg0.OK ? dissection : withStatus(dissection, status, at);
}

function fieldsOf(reading: Reading): Field[] {
  const { bytes, layer, tpdu, push, notification } = reading;
  if (layer === "tpdu") {
    const { fields, userData, dataAt } = dissectTpdu(bytes, reading.tpduFrom);
    if (push === undefined || tpdu === undefined || userData === null) return fields;
    userData.fields = userData.fields!.filter(field => field.to <= dataAt);
    userData.fields.push(pushField(reading, push, tpdu.dataAt, tpdu.dataTo));
    return fields;
  }
  if (layer === "user-data") {
    const data = push === undefined ? undefined : pushField(reading, push, reading.dataAt, bytes.length);
    return bytes.length === 0 ? [] : [dissectUserData(bytes, data)];
  }
  if (push !== undefined) return [pushField(reading, push, 0, bytes.length)];
  return notification === undefined ? [] : notificationFields(notification, bytes, 0, bytes.length);
}

function pushField(reading: Reading, push: pkg0.Push, from: number, to: number): Field {
  const { bytes, notification } = reading;
  const { fields, bodyFrom } = dissectPush(bytes, from, to);
  if (notification !== undefined) {
    fields.push(...notificationFields(notification, bytes, push.bodyFrom, push.bodyTo));
  } else if (bodyFrom < to) fields.push({ ...unread(bytes, bodyFrom, to), name: "body" });
  return fieldOf(from, to, "push", "Push PDU", "WAP-230 §8.2.4", { fields });
}

function notificationFields(n: pkg0.Notification, bytes: Uint8Array, from: number, to: number): Field[] {
  if (from === to) return [];
  const is12 = n.format === pkg0.FORMAT_12;
  const fields = is12 ? dissect12(bytes, from, to) : dissect13(bytes, from, to);
  const name = is12 ? "Package #0 of DM 1.2" : "Package #0";
  return [fieldOf(from, to, "notification", name, is12 ? "DM 1.2 §6" : "§6", { fields })];
}

function unread(bytes: Uint8Array, from: number, to: number): Field {
  const layer: FieldLayer = "notification";
  return fieldOf(Math.min(from, bytes.length), to, layer, "not read", "", {});
}

function withDigest(dissection: Dissection, n: pkg0.Notification, credentials: Credentials): Dissection {
  const { isValid, digestInput } = judgeDigest(n, credentials);
  if (!isValid) return withStatus(dissection, pkg0.DIGEST_WRONG, n.digestAt);
  const digest = leafAt(dissection.fields, n.digestAt);
  if (digest !== null) digest.meaning = digestInput === undefined ? "right" : `right, over ${digestInput}`;
  return dissection;
}

/** Statuses about missing bytes: no byte is wrong, but some are missing before `at`. */
const MISSING = [
  pkg0.WSP_APPLICATION_MISSING,
  pkg0.SERVER_ID_MISSING,
  pkg0.REQUESTED_MO_MISSING,
  pkg0.SMS_PORT_MISSING,
];

function withStatus(dissection: Dissection, status: number, at: number): Dissection {
  const name = pkg0.statusName(status);
  const meaning = pkg0.statusMeaning(status);
  if (status === pkg0.MORE) return { ...dissection, status: name, at, meaning };
  clearStatus(dissection.fields);
  const leaf = MISSING.includes(status) ? null : leafAt(dissection.fields, at);
  if (leaf !== null) leaf.status = name;
  else insert(dissection.fields, { ...fieldOf(at, at, layerOf(status), "missing", "", {}), status: name });
  return { ...dissection, status: name, at, meaning };
}

function clearStatus(fields: Field[]): void {
  for (const field of fields) {
    delete field.status;
    clearStatus(field.fields ?? []);
  }
}

function layerOf(status: number): FieldLayer {
  if (status < 0x20) return "tpdu";
  return status < 0x30 ? "push" : "notification";
}

/** The field without `fields` that contains the byte `at`; the first when several share it. */
function leafAt(fields: Field[], at: number): Field | null {
  for (const field of fields) {
    if (at < field.from || at >= field.to) continue;
    return field.fields === undefined || field.fields.length === 0 ? field : leafAt(field.fields, at);
  }
  return null;
}

/** Inserts an empty field into the innermost field with `fields` that contains its offset or ends at it. */
function insert(fields: Field[], empty: Field): void {
  const around = fields.find(
    field =>
      field.fields !== undefined && field.value === undefined && field.from < empty.from && empty.from <= field.to,
  );
  if (around !== undefined) insert(around.fields!, empty);
  else {
    const index = fields.findIndex(field => field.from >= empty.from);
    fields.splice(index < 0 ? fields.length : index, 0, empty);
  }
}
