/** UDP on Node: datagrams in and out. */
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";

export interface Address {
  host: string;
  port: number;
}

/** Reads `host:port` or `[v6]:port`; throws an Error for any other text. */
export function readHostPort(text: string): Address {
  const match = /^(?:\[([0-9A-Fa-f:.%\w]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65535) throw new Error(`${text}: must be HOST:PORT or [IPV6]:PORT`);
  return { host: (match[1] ?? match[2])!, port };
}

/** Reads the address of a peer as readHostPort does. Throws an Error also for what can be no host's name, and for port 0. */
export function readPeer(text: string): Address {
  const peer = readHostPort(text);
  if (!text.startsWith("[") && !/^[\p{L}\p{N}_.-]+$/u.test(peer.host))
    throw new Error(`${text}: has no name of a host`);
  if (peer.port === 0) throw new Error(`${text}: nothing can be sent to port 0`);
  return peer;
}

export function addressText(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A bound socket: where it is bound, and its end. */
export interface UdpSocket extends Address {
  /** Closes it. */
  close(): void;
}

/**
 * Binds a socket, and calls `receive` with each datagram and its sender. Resolves to the bound socket (port 0 takes a free
 * port).
 */
export function openUdp(at: Address, receive: (bytes: Uint8Array, from: string) => void): Promise<UdpSocket> {
  const socket = socketFor(at.host);
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.on("message", (bytes, sender) => receive(bytes, addressText(sender.address, sender.port)));
    socket.bind(at.port, at.host, () => {
      socket.off("error", reject);
      socket.on("error", () => {}); // an ICMP error of one peer must not end the socket
      const bound = socket.address();
      resolve({ host: bound.address, port: bound.port, close: () => socket.close() });
    });
  });
}

/** Sends one datagram. */
export function sendUdp(to: Address, bytes: Uint8Array): Promise<void> {
  const socket = socketFor(to.host);
  return new Promise((resolve, reject) => {
    socket.send(bytes, to.port, to.host, error => {
      socket.close();
      if (error) reject(error);
      else resolve();
    });
  });
}

/** The local address that datagrams to the address `host` come from. Sends nothing. */
export async function routeTo(host: string): Promise<string> {
  const socket = socketFor(host);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.connect(9, host, resolve); // any port
    });
    return socket.address().address;
  } finally {
    socket.close();
  }
}

function socketFor(host: string): Socket {
  return createSocket({ type: isIPv6(host.replace(/%.*/, "")) ? "udp6" : "udp4" });
}
