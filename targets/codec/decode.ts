/** Decodes messages of any layer for a person or a program. */
import * as pkg0 from "../../src/index.ts";
import { type Credentials, judgeDigest } from "./credentials.ts";
import { type Fields12, type Fields13, jsonOf } from "./fields.ts";
import { hexOf } from "./hex.ts";
import type { Found } from "./input/found.ts";
import type { DeviceVerdict, Judge } from "./judge.ts";
import type { Layer } from "./layer.ts";
import { type Reading, readMessage } from "./read.ts";
import { createTpduReader } from "./tpdus.ts";

/** A decoded message: its status, and the fields of the notification if one was read. */
export type Decoded = Verdict & Partial<Omit<Fields13, "format">> & Partial<Omit<Fields12, "format">>;

/** The status of a message, and the offset of its fault. */
export interface Verdict {
  /** The name of the status. */
  status: string;
  /** The offset of the fault in the given bytes; 0 when OK. */
  at: number;
  /** The meaning of a status other than OK. */
  meaning?: string;
  /** The layer at which the input was read. */
  as?: Layer;
  /** The form in which the message was written; absent for plain hex. */
  input?: string;
  /** The originator of a DELIVER or the destination of a SUBMIT. */
  address?: string;
  /** The number of the part and the number of all parts; absent for a whole message. */
  part?: [sequence: number, total: number];
  /** The push that the parts form, in hex; present when `at` is an offset in it. */
  joined?: string;
  /** Transaction id of a push. */
  tid?: number;
  format?: "1.3" | "1.2";
  /** TRA as it is on the wire; 5 to 7 are reserved, and count as not-specified (D7). */
  tra?: number;
  /** Hex. */
  digest?: string;
  /** With credentials: whether they make this digest. */
  digestValid?: boolean;
  /** With credentials, in 1.3: the input under which their secret makes this digest. */
  digestInput?: pkg0.DigestInput;
  /** For DIGEST_WRONG with accounts: a change of the account that would make the digest right. */
  fits?: string;
}

/**
 * Decodes one message, or says where and why it cannot be read. Never throws. A TPDU must be a whole message; createDecoder
 * joins parts.
 */
export function decode(bytes: Uint8Array, as: Layer | "auto" = "auto", credentials?: Credentials): Decoded {
  return createDecoder(as, credentials).decode(bytes);
}

/** Decodes a sequence of messages; createDecoder makes one. */
export interface Decoder {
  /** Decodes the next message; `from` is its layer when its form tells it. */
  decode(bytes: Uint8Array, from?: Layer): Decoded;
  /** Decodes a message that was found in a text, a dump or a capture. */
  decodeFound(found: Found): Decoded;
  /** The number of parts of short messages that wait for others. */
  waiting(): number;
}

/**
 * Like decode, for a sequence of messages: joins the parts of concatenated short messages. A part that does not complete its
 * message gives MORE. With a `judge`, status and offset are those of its device.
 */
export function createDecoder(as: Layer | "auto" = "auto", credentials?: Credentials, judge?: Judge): Decoder {
  const tpdus = createTpduReader();

  function decode(bytes: Uint8Array, from?: Layer): Decoded {
    const reading = readMessage(bytes, as === "auto" ? (from ?? as) : as);
    const { decoded, joined } = decodeRow(bytes, reading);
    return judge === undefined || reading.layer === null
      ? decoded
      : judged(decoded, judge.judge(bytes, reading.layer, joined));
  }

  function decodeRow(bytes: Uint8Array, reading: Reading): { decoded: Decoded; joined?: Uint8Array } {
    const { layer } = reading;
    if (layer !== "tpdu" && layer !== "user-data") return { decoded: decodedOf(reading, credentials) };
    const { status, at, push, address, part } = layer === "tpdu" ? tpdus.read(bytes) : tpdus.readUserData(bytes);
    const origin = { ...(address !== undefined && { address }), ...(part !== undefined && { part }) };
    if (reading.status !== pkg0.MORE) return { decoded: { ...decodedOf(reading, credentials), ...origin } };
    if (push === undefined) {
      return { decoded: { ...failure(status, status === pkg0.MORE ? 0 : at, layer), ...origin } };
    }
    const whole = decodedOf(readMessage(push, "push"), credentials);
    const decoded = { ...whole, as: layer, ...origin, ...(whole.status !== "OK" && { joined: hexOf(push) }) };
    return { decoded, joined: push };
  }

  function decodeFound({ bytes, form, as: from, status, at = 0 }: Found): Decoded {
    const decoded = status === undefined ? decode(bytes, from) : failure(status, at, null);
    return form === "hex" || form === "" ? decoded : { ...decoded, input: form };
  }

  return { decode, decodeFound, waiting: tpdus.waiting };
}

/** Replaces the status, which is that of the structure alone, by the verdict of a device. */
function judged(decoded: Decoded, { status, at, fits }: DeviceVerdict): Decoded {
  const { meaning: _, ...rest } = decoded;
  const verdict = status === pkg0.OK ? { status: "OK", at } : failure(status, at, null);
  return { ...rest, ...verdict, ...(fits !== undefined && { fits }) };
}

function decodedOf(reading: Reading, credentials?: Credentials): Decoded {
  const { status, at, layer, push, notification } = reading;
  if (status !== pkg0.OK || notification === undefined) return failure(status, at, layer);
  const decoded: Decoded = {
    status: "OK",
    at: 0,
    as: layer as Layer,
    ...(push !== undefined && { tid: push.tid }),
    ...jsonOf(notification),
  };
  if (credentials === undefined) return decoded;
  const { isValid, digestInput } = judgeDigest(notification, credentials);
  const judged = { digestValid: isValid, ...(digestInput !== undefined && { digestInput }) };
  if (isValid) return { ...decoded, ...judged };
  return { ...decoded, ...failure(pkg0.DIGEST_WRONG, notification.digestAt, layer), ...judged };
}

function failure(status: number, at: number, layer: Layer | null): Verdict {
  const verdict = { status: pkg0.statusName(status), at, meaning: pkg0.statusMeaning(status) };
  return layer === null ? verdict : { ...verdict, as: layer };
}
