/** Receivers for a host: HTTP Push and OBEX over TCP, SIP Push over UDP; IPv4 and IPv6. */
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { createHttpReceiver, type HttpReceiverOptions } from "../../src/push/http/receiver.ts";
import { createObexReceiver, type ObexReceiverOptions } from "../../src/push/obex/receiver.ts";
import { createSipReceiver, type SipReceiverOptions } from "../../src/push/sip/receiver.ts";
import {
  createSipRegisterSender,
  type SipRegisterOptions,
  type SipRegisterSender,
} from "../../src/push/sip/register.ts";
import { OK, type Status } from "../../src/status.ts";
import type { ContentType } from "../../src/wire.ts";
import { type Listener, openTcp, type TcpOptions } from "./tcp.ts";
import { allJudged, answerInTurn, judgeInTurn } from "./turns.ts";
import { type Address, addressText, routeTo } from "./udp.ts";

export type { Listener, TcpOptions } from "./tcp.ts";

/**
 * Like DeliverEntity, with the sender as "address:port". Called after the answer is sent, so its duration tells the sender
 * nothing.
 */
export type DeliverFrom = (
  bytes: Uint8Array,
  from: number,
  to: number,
  contentType: ContentType,
  peer: string,
) => Status;

/** The bounds of a receiver, and a callback for refusals. */
type Bounds<T> = Omit<T, "deliver" | "reply" | "response" | "onRefused" | "tag"> & {
  /** Called for a request that is refused before its delivery. */
  onRefused?: (status: Status, at: number, peer: string) => void;
};

export const CLOCK = { monotonicSeconds: () => Math.floor(performance.now() / 1000) };

/** HTTP Push (§7.4) at an address (port 0: any free one). Rejects when it cannot listen. */
export function openHttp(
  at: Address,
  deliver: DeliverFrom,
  options: Bounds<HttpReceiverOptions> & TcpOptions = {},
): Promise<Listener> {
  return openTcp(at, options, (peer, reply) =>
    createHttpReceiver(CLOCK, { ...options, reply, ...from(peer, deliver, options) }),
  );
}

/** OBEX (§7.2) at an address. */
export function openObex(
  at: Address,
  deliver: DeliverFrom,
  options: Bounds<ObexReceiverOptions> & TcpOptions = {},
): Promise<Listener> {
  return openTcp(at, options, (peer, reply) =>
    createObexReceiver(CLOCK, { ...options, reply, ...from(peer, deliver, options) }),
  );
}

/** Adds the sender to the calls that a receiver makes. */
function from(peer: string, deliver: DeliverFrom, { onRefused }: Bounds<object>) {
  return {
    deliver(bytes: Uint8Array, from: number, to: number, contentType: ContentType): Status {
      const body = bytes.slice(from, to);
      judgeInTurn(() => deliver(body, 0, body.length, contentType, peer));
      return OK;
    },
    onRefused: (status: Status, at: number) => onRefused?.(status, at, peer),
  };
}

/** The options that a SIP listener takes besides its address. */
export interface SipOptions extends Bounds<SipReceiverOptions> {
  /** The registration to keep as long as the listener is open. */
  register?: Omit<SipRegisterOptions, "send" | "token" | "contact" | "sentBy" | "onChanged"> & {
    /** The host of the registrar or of the outbound proxy. */
    host: string;
    port: number;
    /**
     * The address and port at which the network reaches this listener. By default the address it listens on; if that is
     * "any", the local address of the route to the registrar.
     */
    contactHost?: string;
    contactPort?: number;
    /** Called after each registration, successful or not. */
    onChanged?: SipRegisterOptions["onChanged"];
  };
}

/** SIP Push (§7.3) at an address. Rejects when it cannot listen, or when the registrar could not reach that address. */
export async function openSip(at: Address, deliver: DeliverFrom, options: SipOptions = {}): Promise<Listener> {
  const { register } = options;
  const { address: local, family } = await lookup(at.host);
  const registrar = register && (await lookup(register.host, { family }));
  const contactHost = register && (await contactFor(local, registrar!.address, register));
  const socket = createSocket({
    type: family === 6 ? "udp6" : "udp4",
    // every address is numeric, so the look-up is immediate; Node's own would delay the answer until after the delivery, and
    // show how long that took (D12)
    lookup: (host, _options, found) => found(null, host, family),
  });
  socket.on("error", () => {}); // ICMP errors for sent datagrams; timers send again
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(at.port, local, resolve);
  });
  const { address, port } = socket.address();

  let registration: SipRegisterSender | undefined;
  if (register !== undefined && registrar !== undefined && contactHost !== undefined) {
    const sentBy = addressText(contactHost, register.contactPort ?? port);
    registration = createSipRegisterSender(CLOCK, {
      onChanged: () => {},
      ...register,
      sentBy,
      contact: `sip:${register.address.replace(/^sips?:|@.*$/g, "")}@${sentBy}`,
      token,
      send: (bytes, from, to) => socket.send(bytes.slice(from, to), register.port, registrar.address, () => {}),
    });
  }
  let peer = "";
  const sip = createSipReceiver(CLOCK, {
    ...options,
    tag: token(),
    deliver: (bytes, start, end, contentType) => from(peer, deliver, options).deliver(bytes, start, end, contentType),
    reply(bytes, from, to, toHost, toPort) {
      if (toPort === 0) return; // only forged datagrams cause this
      const answer = bytes.slice(from, to);
      answerInTurn(() => {
        if (isOpen) socket.send(answer, toPort, toHost, () => {});
      });
    },
    onRefused: (status, at) => options.onRefused?.(status, at, peer),
    ...(registration && { response: registration.receive }),
  });
  let isOpen = true;
  socket.on("message", (bytes, sender) => {
    peer = addressText(sender.address, sender.port);
    sip.receive(bytes, 0, bytes.length, sender.address, sender.port);
  });
  registration?.open();
  registration?.tick();
  const timer = setInterval(() => registration?.tick(), 1_000).unref();
  return {
    host: address,
    port,
    async close() {
      clearInterval(timer);
      registration?.close();
      await new Promise<void>(resolve => setImmediate(resolve)); // waits until the last REGISTER is sent
      await allJudged();
      isOpen = false;
      await new Promise<void>(resolve => socket.close(resolve));
    },
  };
}

/** The host that the Contact names. Throws an Error when the registrar could not reach it. */
async function contactFor(local: string, registrar: string, register: { contactHost?: string }): Promise<string> {
  if (register.contactHost !== undefined) return register.contactHost;
  const isAny = local === "0.0.0.0" || local === "::";
  const host = (isAny ? await routeTo(registrar) : local).replace(/%.*$/, "");
  if (isLoopback(host) && !isLoopback(registrar)) {
    throw new Error(`${registrar} cannot reach ${host}: --sip-contact tells what to register`);
  }
  return host;
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** 16 random characters for tags, branches and Call-IDs. */
export function token(): string {
  return randomBytes(8).toString("hex");
}
