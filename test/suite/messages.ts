/** Notifications for the client's checks, well-formed and signed. In the device dialect. */
import type { DmAcc } from "../../src/account/dmacc.ts";
import { createMd5 } from "../../src/hash/md5.ts";
import { createSha256 } from "../../src/hash/sha256.ts";
import { DIGEST12_SCRATCH_BYTES } from "../../src/notification/digest12.ts";
import { computeDigest13, DIGEST_COLONS } from "../../src/notification/digest13.ts";
import type { NotificationFields } from "../../src/notification/fields.ts";
import { writeNotification12 } from "../../src/notification/write12.ts";
import { writeNotification13 } from "../../src/notification/write13.ts";
import { writePushHeader } from "../../src/push/wsp.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_13, SHA256_BYTES } from "../../src/wire.ts";

export const SERVER_ID = "dm.example";

/** The fields that differ from the usual message; `secret` and `name` are those of the digest. */
export interface Message extends Partial<NotificationFields> {
  sessionId: number;
  secret?: Uint8Array;
  name?: Uint8Array;
  digestInput?: number;
}

/** The octets of ASCII text. */
export function octets(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** 16 octets that differ for each `number`. */
export function nonceOf(number: number): Uint8Array {
  const nonce = new Uint8Array(16);
  for (let i = 0; i < 16; i++) nonce[i] = number * 7 + i;
  return nonce;
}

export const NONCE = nonceOf(0);

export const DM_ACC: DmAcc = {
  serverId: SERVER_ID,
  appAddr: [{ addr: "https://dm.example/dm" }],
  appAuth: [
    { aauthLevel: "NOTICRED", aauthSecret: "secret13" },
    { aauthLevel: "SRVCRED", aauthName: SERVER_ID, aauthSecret: "secret12", aauthData: NONCE },
  ],
};

function fieldsOf(message: Message): NotificationFields {
  const fields = {
    initiator: 1,
    uiMode: 0,
    transport: 0,
    timeoutMinutes: 60,
    sessionId: 0,
    timestamp: 0,
    serverId: octets(SERVER_ID),
    targetedMo: [],
    requestedMo: [1],
    preferredBearer: [],
    connectReason: new Uint8Array(0),
    vendorInfo: new Uint8Array(0),
    isVendorInfoOpaque: true,
    versionTenths: 11,
  } as unknown as { [name: string]: unknown };
  for (const name in message) fields[name] = message[name as keyof Message];
  return fields as unknown as NotificationFields;
}

/** A Package #0 of 1.3 after `from` free bytes. Its fields must be valid. */
function body13(message: Message, from: number): Uint8Array {
  const out = new Uint8Array(from + 600);
  const secret = message.secret === undefined ? octets("secret13") : message.secret;
  const input = message.digestInput === undefined ? 0 : message.digestInput;
  const end = writeNotification13(fieldsOf(message), createSha256(), secret, input, out, from);
  if (end < 0) throw new Error(`fields: ${-end}`);
  return new Uint8Array(out.subarray(0, end));
}

function body12(message: Message, nonce: Uint8Array, from: number): Uint8Array {
  const out = new Uint8Array(from + 600);
  const name = message.name === undefined ? octets(SERVER_ID) : message.name;
  const secret = message.secret === undefined ? octets("secret12") : message.secret;
  const scratch = new Uint8Array(DIGEST12_SCRATCH_BYTES);
  const end = writeNotification12(fieldsOf(message), createMd5(), name, secret, nonce, out, from, scratch);
  if (end < 0) throw new Error(`fields: ${-end}`);
  return new Uint8Array(out.subarray(0, end));
}

export function write13(message: Message): Uint8Array {
  return body13(message, 0);
}

export function write12(message: Message, nonce: Uint8Array): Uint8Array {
  return body12(message, nonce, 0);
}

/** The same as WSP push PDUs. */
export function push13(message: Message): Uint8Array {
  const push = body13(message, 6);
  writePushHeader(0, CONTENT_TYPE_13, push, 0);
  return push;
}

export function push12(message: Message, nonce: Uint8Array): Uint8Array {
  const push = body12(message, nonce, 6);
  writePushHeader(0, CONTENT_TYPE_12, push, 0);
  return push;
}

/**
 * A forged push that reads as 1.2 and as 1.3, of the same server both times: option 0 of 1.3, which is skipped, covers the
 * end of the 1.2 digest and its header, and the options of 1.3 stand in the vendor-specific body.
 */
export function pushOfBoth(message: Message): Uint8Array {
  const vendorInfo = new Uint8Array(15 + SHA256_BYTES);
  vendorInfo.set(octets("??dm.example?"), 0);
  vendorInfo[0] = 0x10;
  vendorInfo[1] = SERVER_ID.length;
  vendorInfo.set([0x30, 1, 1], 12);
  const push = push12({ sessionId: message.sessionId, vendorInfo }, NONCE);
  const timestamp = message.timestamp === undefined ? 0 : message.timestamp;
  push.set([0x16, 0, 0, 0, 0, 60, message.sessionId >> 8, message.sessionId & 255], 6);
  for (let i = 0; i < 4; i++) push[14 + i] = timestamp >>> (24 - 8 * i);
  push.set([0, 20], 18);
  return push;
}

/** Signs a push of push13 again, whose bytes were changed. */
export function sign13(push: Uint8Array): void {
  const digestAt = push.length - SHA256_BYTES;
  computeDigest13(createSha256(), octets("secret13"), DIGEST_COLONS, push, 6, digestAt, push, digestAt);
}
