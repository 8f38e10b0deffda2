/** Messages of any layer, decoded for a person or a program. */
import * as pkg0 from "../../src/index.ts";
import { type Credentials, judgeDigest } from "./credentials.ts";
import { type Fields12, type Fields13, jsonOf } from "./fields.ts";
import { hexOf } from "./hex.ts";
import type { Found } from "./input/found.ts";
import type { DeviceVerdict, Judge } from "./judge.ts";
import type { Layer } from "./layer.ts";
import { type Reading, readMessage } from "./read.ts";
import { createTpduReader } from "./tpdus.ts";

/** A decoded message: the verdict, and the fields of the notification where one was read. */
export type Decoded = Verdict & Partial<Omit<Fields13, "format">> & Partial<Omit<Fields12, "format">>;

/** The verdict on a message: its status, and the offset at which it breaks. */
export interface Verdict {
  /** A status by its name. */
  status: string;
  /** Byte offset, in what was given, of what is wrong; 0 when OK. */
  at: number;
  /** The meaning of a status other than OK. */
  meaning?: string;
  /** The layer at which the input was read. */
  as?: Layer;
  /** How the message was written, where it was not plain hex. */
  input?: string;
  /** Who sent a TPDU (or whom a SUBMIT is for), and which part of how many it is. */
  address?: string;
  part?: [sequence: number, total: number];
  /** The push that parts were put together to, in hex, where `at` counts in it. */
  joined?: string;
  /** Transaction id of a push. */
  tid?: number;
  format?: "1.3" | "1.2";
  /** TRA as it is on the wire; 5 to 7 are reserved, and count as not-specified (D7). */
  tra?: number;
  /** Hex. */
  digest?: string;
  /** With credentials: whether they make this digest, and (1.3) over which input their secret does. */
  digestValid?: boolean;
  digestInput?: pkg0.DigestInput;
  /** DIGEST_WRONG for a device with accounts: what near its account would fit. */
  fits?: string;
}

/** The content of a message, or where and why it cannot be read; never throws. A TPDU must be a whole message: see createDecoder. */
export function decode(bytes: Uint8Array, as: Layer | "auto", credentials?: Credentials): Decoded {
  return createDecoder(as, credentials).decode(bytes);
}

/** Decodes a row of messages; createDecoder makes one. */
export interface Decoder {
  /** `from`: the layer of this one, where it says so itself. */
  decode(bytes: Uint8Array, from?: Layer): Decoded;
  /** decode for what was found in a text, a dump or a capture. */
  decodeFound(found: Found): Decoded;
  /** Parts of short messages that wait for others. */
  waiting(): number;
}

/**
 * decode for a row of messages: the parts of concatenated short messages are put together. A part that leaves its message
 * unfinished answers MORE. With a `judge`, status and offset are those of its device.
 */
export function createDecoder(as: Layer | "auto", credentials?: Credentials, judge?: Judge): Decoder {
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

/** The verdict of a device in place of what the structure alone gives. */
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
