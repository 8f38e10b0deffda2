/** Reads one message by a reader and by its twin; returns the first difference, or "" when there is none. */

import * as pkg0 from "../../src/index.ts";
import { OK } from "../../src/status.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_13 } from "../../src/wire.ts";
import { codecOf, newShared } from "../suite/codecs.ts";
import { NOTIFICATION12, NOTIFICATION13, PUSH } from "../suite/index.ts";
import { isDeclared } from "../suite/laws.ts";
import { bytesOf, hexOf, inputOf, type Vector, type Vectors } from "../suite/vectors.ts";
import { fieldsOf } from "../suite/writers.ts";
import { isTwinDigest12, readTwin12 } from "../twin/notification12.ts";
import { isTwinDigest13, readTwin13 } from "../twin/notification13.ts";
import { readTwinPush } from "../twin/wsp.ts";

export interface Format {
  name: string;
  inputs: Uint8Array[];
  /** Compares `message`, and then a good message read with the same record and hash. */
  compare(message: Uint8Array): string;
}

const AROUND = 4;

function createFormat(name: string, file: Vectors, twin: (message: Uint8Array) => string | null): Format {
  const shared = newShared(pkg0);
  const good = file.vectors.find(vector => vector.valid) as Vector;
  const codec = codecOf(pkg0, file, good, shared);
  const goodInput = inputOf(good);
  codec.read(goodInput, 0, goodInput.length);
  const goodSummary = codec.summary(0);
  const isSigned = codec.isVerified();

  function describe(isOk: boolean): string | null {
    if (!isOk) return null;
    if (file === PUSH) {
      const { tid, contentType, bodyFrom, bodyTo } = shared.push;
      return JSON.stringify({ tid, contentType, body: hexOf(buffer, bodyFrom, bodyTo) });
    }
    return JSON.stringify({ ...hexFields(fieldsOf(shared.n), file), isVerified: codec.isVerified() });
  }

  let buffer = new Uint8Array(0);

  function compare(message: Uint8Array): string {
    const to = AROUND + message.length;
    buffer = new Uint8Array(to + AROUND).fill(0x81);
    buffer.set(message, AROUND);
    const status = codec.read(buffer, AROUND, to);
    if (!isDeclared(codec, status, AROUND, to)) return `status ${status} at ${codec.errorAt() - AROUND}`;
    const ours = describe(status === OK);
    const theirs = twin(message);
    if (ours !== theirs) return `status ${status}: ${ours} but the twin says ${theirs}`;
    if (hexOf(buffer, AROUND, to) !== hexOf(message, 0, message.length)) return "the input was written to";
    if (codec.read(goodInput, 0, goodInput.length) !== OK) return "the good message after it is refused";
    if (codec.summary(0) !== goodSummary) return "the good message after it reads differently";
    if (codec.isVerified() !== isSigned) return "the good message after it has another digest";
    return "";
  }

  return { name, inputs: file.vectors.map(inputOf), compare };
}

/** Leaves out the fields that 1.2 does not have, as the twin does. */
function hexFields(fields: ReturnType<typeof fieldsOf>, file: Vectors): Record<string, unknown> {
  const { versionTenths, initiator, uiMode, sessionId } = fields;
  const serverId = hexOf(fields.serverId, 0, fields.serverId.length);
  const vendorInfo = hexOf(fields.vendorInfo, 0, fields.vendorInfo.length);
  if (file === NOTIFICATION12) return { versionTenths, initiator, uiMode, sessionId, serverId, vendorInfo };
  const { transport, timeoutMinutes, timestamp, targetedMo, requestedMo, preferredBearer } = fields;
  const connectReason = hexOf(fields.connectReason, 0, fields.connectReason.length);
  const lists = { targetedMo, requestedMo, preferredBearer, connectReason };
  return { initiator, uiMode, sessionId, serverId, vendorInfo, transport, timeoutMinutes, timestamp, ...lists };
}

function orNull<R>(read: () => R): R | null {
  try {
    return read();
  } catch {
    return null;
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function twin13(message: Uint8Array): string | null {
  const t = orNull(() => readTwin13(message, true, false));
  if (t === null) return null;
  const { initiator, uiMode, sessionId, transport, timeoutMinutes, timestamp } = t;
  const lists = { targetedMo: t.targetedMo, requestedMo: t.requestedMo, preferredBearer: t.preferredBearer };
  const serverId = hex(t.serverId);
  const vendorInfo = hex(t.vendorInfo);
  const head = { initiator, uiMode, sessionId, serverId, vendorInfo, transport, timeoutMinutes, timestamp, ...lists };
  const isVerified = isTwinDigest13(message, NOTIFICATION13.secret as string);
  return JSON.stringify({ ...head, connectReason: hex(t.connectReason), isVerified });
}

function twin12(message: Uint8Array): string | null {
  const t = orNull(() => readTwin12(message));
  if (t === null) return null;
  const { versionTenths, initiator, uiMode, sessionId } = t;
  const head = {
    versionTenths,
    initiator,
    uiMode,
    sessionId,
    serverId: hex(t.serverId),
    vendorInfo: hex(t.vendorInfo),
  };
  const { name, password, nonce } = NOTIFICATION12.credentials as { name: string; password: string; nonce: string };
  return JSON.stringify({ ...head, isVerified: isTwinDigest12(message, name, password, bytesOf(nonce)) });
}

function twinPush(message: Uint8Array): string | null {
  const t = orNull(() => readTwinPush(message, 48));
  if (t === null) return null;
  const contentType = t.contentType === 0x58 ? CONTENT_TYPE_13 : CONTENT_TYPE_12;
  return JSON.stringify({ tid: t.tid, contentType, body: Buffer.from(t.body).toString("hex") });
}

export const FORMATS: Format[] = [
  createFormat("notification13", NOTIFICATION13, twin13),
  createFormat("notification12", NOTIFICATION12, twin12),
  createFormat("push", PUSH, twinPush),
];
