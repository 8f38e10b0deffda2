/** `pkg0 send`: one notification, wrapped as the transport's profile asks (§7), sent once. */
import * as pkg0 from "../../src/index.ts";
import { bytesOfHex } from "./fields.ts";
import { type Credentials, encode, guessLayer, pushOf } from "./messages.ts";
import { readAddress, sendUdp } from "./udp.ts";

/** What goes out: Package #0, or a push PDU that is sent as it is. */
export interface Outgoing {
  bytes: Uint8Array;
  contentType: number;
  isPush: boolean;
}

/** FIELDS-JSON (which needs credentials) or HEX of a Package #0 or a push PDU. Throws an Error that says what is wrong with it. */
export function readOutgoing(text: string, credentials: Credentials | undefined): Outgoing {
  if (text.trimStart().startsWith("{")) {
    if (credentials === undefined) throw new Error("fields are signed: --secret is missing");
    return { ...encode(JSON.parse(text), credentials), isPush: false };
  }
  const bytes = bytesOfHex(text);
  if (typeof bytes === "number") throw new Error(`byte ${bytes}: not pairs of hex digits`);
  const layer = guessLayer(bytes);
  const contentType = layer === "1.2" ? pkg0.CONTENT_TYPE_12 : pkg0.CONTENT_TYPE_13;
  return { bytes, contentType, isPush: layer === "push" };
}

/** Sends to `udp://host:port`; resolves to what there is to print. */
export async function send(to: string, message: Outgoing, tid: number): Promise<object> {
  const match = /^([a-z0-9+]+):(?:\/\/)?(.*?)\/?$/.exec(to);
  if (match?.[1] !== "udp") throw new Error(`${to}: has to be udp://HOST:PORT`);
  const bytes = message.isPush ? message.bytes : pushOf(message.bytes, message.contentType, tid);
  await sendUdp(readAddress(match[2]!), bytes);
  return { sent: bytes.length, to };
}
