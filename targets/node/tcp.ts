/** Listening on TCP: connections with bounds, each with a receiver of its own. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { PushConnection } from "../../src/push/connection.ts";
import { MORE, OK, type Status } from "../../src/status.ts";
import { createPlaces, type Place } from "./places.ts";
import { allJudged, answerInTurn } from "./turns.ts";
import { type Address, addressText } from "./udp.ts";

/** With the address in use, and the port that was taken for 0. */
export interface Listener extends Address {
  /** Ends every connection; resolves when all that was answered is judged. */
  close(): Promise<void>;
}

/** The options that the listeners over TCP take beside the bounds of their receivers. */
export interface TcpOptions {
  /** Connections at a time; one more closes another. By default 64. */
  connectionsMax?: number;
  /** The same from one address, of IPv6 from one /64. By default 16. */
  connectionsPerAddressMax?: number;
}

/** Bytes of answers that a peer may leave unread. */
const UNREAD_MAX = 65_536;
/** How long a connection that is over stays open for the peer to read the answer. */
const LINGER_MS = 2_000;
/** Connections that the system may keep for us until we look: a flood is looked at in pieces. */
const BACKLOG = 128;

/** `create` makes the receiver of a connection, which answers by `reply`. Rejects when it cannot listen. */
export async function openTcp(
  at: Address,
  options: TcpOptions,
  create: (peer: string, reply: (bytes: Uint8Array, from: number, to: number) => void) => PushConnection,
): Promise<Listener> {
  const places = createPlaces(options.connectionsMax ?? 64, options.connectionsPerAddressMax ?? 16);
  const ticks = new Map<Place, () => void>();

  function open(socket: Socket): void {
    socket.on("error", () => socket.destroy()); // a peer that went away is no error of ours
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    const place: Place = {
      address: remoteAddress,
      isLingering: false,
      isBusy: false,
      since: performance.now(),
      close: () => socket.destroy(),
    };
    const connection = create(addressText(remoteAddress, remotePort ?? 0), (bytes, from, to) => {
      const answer = bytes.slice(from, to);
      answerInTurn(() => {
        if (socket.destroyed) return;
        socket.write(answer);
        if (socket.writableLength > UNREAD_MAX) socket.destroy();
      });
    });
    socket.on("data", bytes => {
      if (!place.isLingering) take(connection.receive(bytes, 0, bytes.length));
    });
    socket.on("end", () => answerInTurn(() => socket.end())); // half closed: what is due is still sent
    socket.on("close", () => {
      places.leave(place);
      ticks.delete(place);
      connection.close();
    });
    places.take(place);
    ticks.set(place, () => take(connection.tick(), false));

    function take(status: Status, isHeard = true): void {
      if (isHeard) place.since = performance.now();
      place.isBusy = status === MORE;
      if (status !== OK && status !== MORE) linger();
    }

    /** Ends a connection that is over, but goes on reading for a while: closing on unread bytes would take the answer from the peer. */
    function linger(): void {
      ticks.delete(place);
      place.isLingering = true;
      answerInTurn(() => socket.end());
      setTimeout(() => socket.destroy(), LINGER_MS).unref();
    }
  }

  const timer = setInterval(() => {
    for (const tick of [...ticks.values()]) tick();
  }, 1_000).unref();
  const server = createServer({ allowHalfOpen: true }, open);
  server.listen({ port: at.port, host: at.host, backlog: BACKLOG });
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
      for (const place of places.all()) place.close();
      await closed;
      await allJudged();
    },
  };
}
