/** Receivers for a host: HTTP Push and OBEX over TCP, SIP Push over UDP; IPv4 and IPv6. */
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { PushConnection } from "../../src/push/connection.ts";
import { createHttpReceiver, type HttpReceiverOptions } from "../../src/push/http/receiver.ts";
import { createObexReceiver, type ObexReceiverOptions } from "../../src/push/obex/receiver.ts";
import { createSipReceiver, type SipReceiverOptions } from "../../src/push/sip/receiver.ts";
import {
  createSipRegistration,
  type SipRegistration,
  type SipRegistrationOptions,
} from "../../src/push/sip/registration.ts";
import { MORE, OK } from "../../src/status.ts";
import { type Address, addressText } from "./udp.ts";

/** With the address in use, and the port that was taken for 0. */
export interface Listener extends Address {
  /** Ends every connection. */
  close(): Promise<void>;
}

/** What the listeners take beside the bounds of their receivers. */
export interface TcpOptions {
  /** Connections at a time; those above are closed at once. By default 64. */
  connectionsMax?: number;
  /** The same from one address. By default 16. */
  connectionsPerAddressMax?: number;
}

/** As DeliverEntity, with who sent it: "address:port". */
export type DeliverFrom = (bytes: Uint8Array, from: number, to: number, contentType: number, peer: string) => number;

/** The bounds of a receiver, and who is told of what it refuses. */
type Bounds<T> = Omit<T, "deliver" | "reply" | "response" | "refused" | "tag"> & {
  refused?: (status: number, at: number, peer: string) => void;
};

/** Bytes of answers that a peer may leave unread. */
const UNREAD_MAX = 65_536;
/** How long a connection that is over stays open for the peer to read the answer. */
const LINGER_MS = 2_000;

/** HTTP Push (§7.4) at an address (port 0: any free one). Rejects when it cannot listen. */
export function openHttp(
  at: Address,
  deliver: DeliverFrom,
  options: Bounds<HttpReceiverOptions> & TcpOptions = {},
): Promise<Listener> {
  return openTcp(at, deliver, options, shared => createHttpReceiver({ ...options, ...shared }));
}

/** OBEX (§7.2) at an address. */
export function openObex(
  at: Address,
  deliver: DeliverFrom,
  options: Bounds<ObexReceiverOptions> & TcpOptions = {},
): Promise<Listener> {
  return openTcp(at, deliver, options, shared => createObexReceiver({ ...options, ...shared }));
}

/** What the receivers over TCP take alike. */
type Shared = Required<Pick<HttpReceiverOptions, "deliver" | "reply" | "refused">>;

async function openTcp(
  at: Address,
  deliver: DeliverFrom,
  options: Bounds<TcpOptions>,
  create: (shared: Shared) => PushConnection,
): Promise<Listener> {
  const open = new Map<Socket, PushConnection>();
  const perAddress = options.connectionsPerAddressMax ?? 16;
  const server = createServer(socket => {
    const { remoteAddress } = socket;
    socket.on("error", () => socket.destroy()); // a peer that went away is no error of ours
    const fromThere = [...open.keys()].filter(other => other.remoteAddress === remoteAddress);
    if (fromThere.length >= perAddress) {
      socket.destroy();
      return;
    }
    const peer = addressText(remoteAddress ?? "", socket.remotePort ?? 0);
    const connection = create({
      deliver: (bytes, from, to, contentType) => deliver(bytes, from, to, contentType, peer),
      reply(bytes, from, to) {
        socket.write(bytes.slice(from, to));
        if (socket.writableLength > UNREAD_MAX) socket.destroy();
      },
      refused: (status, at) => options.refused?.(status, at, peer),
    });
    open.set(socket, connection);
    socket.on("data", bytes => {
      if (open.has(socket)) endWhenOver(socket, connection.receive(bytes, 0, bytes.length));
    });
    socket.on("close", () => {
      open.delete(socket);
      connection.close();
    });
  });

  /** Ends a connection that is over, but goes on reading for a while: closing on unread bytes would take the answer from the peer. */
  function endWhenOver(socket: Socket, status: number): void {
    if (status === OK || status === MORE) return;
    open.delete(socket);
    socket.end();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  }

  const timer = setInterval(() => {
    for (const [socket, connection] of [...open]) endWhenOver(socket, connection.tick(monotonicSeconds()));
  }, 1_000).unref();
  server.maxConnections = options.connectionsMax ?? 64;
  const sockets = new Set<Socket>();
  server.on("connection", socket => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(at.port, at.host);
  await once(server, "listening").catch(error => {
    clearInterval(timer);
    throw error;
  });
  const bound = server.address() as AddressInfo;
  return {
    host: bound.address,
    port: bound.port,
    async close() {
      clearInterval(timer);
      const closed = new Promise(resolve => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

export interface SipOptions extends Bounds<SipReceiverOptions> {
  /** Registers there as long as the listener is open. */
  register?: Omit<SipRegistrationOptions, "send" | "token" | "contact" | "sentBy" | "changed"> & {
    /** Where the registrar or the outbound proxy listens. */
    host: string;
    port: number;
    /** The address at which the network finds this one; by default the one it listens on. */
    contactHost?: string;
    changed?: SipRegistrationOptions["changed"];
  };
}

/** SIP Push (§7.3) at an address. */
export async function openSip(at: Address, deliver: DeliverFrom, options: SipOptions = {}): Promise<Listener> {
  const { register } = options;
  const { address: local, family } = await lookup(at.host);
  const registrar = register && (await lookup(register.host, { family }));
  const socket = createSocket({
    type: family === 6 ? "udp6" : "udp4",
    // every address is a number here; Node's own look-up would send the answer after the delivery, and so tell its time (D12)
    lookup: (host, _options, found) => found(null, host, family),
  });
  socket.on("error", () => {}); // ICMP answers to what was sent; sending again is up to timers
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(at.port, local, resolve);
  });
  const { address, port } = socket.address();

  let registration: SipRegistration | undefined;
  if (register !== undefined && registrar !== undefined) {
    const sentBy = addressText(register.contactHost ?? address, port);
    registration = createSipRegistration({
      changed: () => {},
      ...register,
      sentBy,
      contact: `sip:${register.address.replace(/^sips?:|@.*$/g, "")}@${sentBy}`,
      token,
      send: (bytes, from, to) => socket.send(bytes.slice(from, to), register.port, registrar.address, () => {}),
    });
  }
  let peer = "";
  const sip = createSipReceiver({
    ...options,
    tag: token(),
    deliver: (bytes, from, to, contentType) => deliver(bytes, from, to, contentType, peer),
    reply(bytes, from, to, toHost, toPort) {
      if (toPort > 0) socket.send(bytes.slice(from, to), toPort, toHost, () => {}); // 0 comes from forged datagrams only
    },
    refused: (status, at) => options.refused?.(status, at, peer),
    ...(registration && { response: registration.receive }),
  });
  socket.on("message", (bytes, sender) => {
    peer = addressText(sender.address, sender.port);
    sip.receive(bytes, 0, bytes.length, sender.address, sender.port);
  });
  function tick(): void {
    sip.tick(monotonicSeconds());
    registration?.tick(monotonicSeconds());
  }
  registration?.open();
  tick();
  const timer = setInterval(tick, 1_000).unref();
  return {
    host: address,
    port,
    async close() {
      clearInterval(timer);
      registration?.close();
      await new Promise<void>(resolve => setImmediate(resolve)); // the last REGISTER is on its way
      await new Promise<void>(resolve => socket.close(resolve));
    },
  };
}

/** 16 random characters for tags, branches and Call-IDs. */
export function token(): string {
  return randomBytes(8).toString("hex");
}

function monotonicSeconds(): number {
  return Math.floor(performance.now() / 1000);
}
