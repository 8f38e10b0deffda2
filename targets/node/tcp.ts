/** Listens on TCP, for a bounded number of connections, each with a receiver of its own. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { PushConnection } from "../../src/push/connection.ts";
import { MORE, OK, type Status } from "../../src/status.ts";
import { createPlaces, type Place } from "./places.ts";
import { allJudged, answerInTurn } from "./turns.ts";
import { type Address, addressText } from "./udp.ts";

/** The address and port that it listens on; port 0 has become the chosen one. */
export interface Listener extends Address {
  /** Ends every connection; resolves when every answered message is judged. */
  close(): Promise<void>;
}

/** The options of listeners over TCP, in addition to those of their receivers. */
export interface TcpOptions {
  /** Connections at the same time; one more closes another. By default 64. */
  connectionsMax?: number;
  /** Connections from one IPv4 address or one IPv6 /64. By default 16. */
  connectionsPerAddressMax?: number;
}

/** Bytes of answers that a peer may leave unread. */
const UNREAD_MAX = 65_536;
/** How long a connection stays open after its end, so that the peer can read the answer. */
const LINGER_MS = 2_000;
/** Connections that the system may queue until we accept them, so that a flood is taken in pieces. */
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
    socket.on("error", () => socket.destroy()); // a peer that closed its side is no error
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
    socket.on("end", () => answerInTurn(() => socket.end())); // half closed: the answers due are still sent
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

    /**
     * Ends a connection, but reads on for a while: closing with unread bytes could destroy the answer before the peer reads
     * it.
     */
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
