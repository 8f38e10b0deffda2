/** Bodies of a connection: the one that comes in, and those that are answered and wait to be delivered (D12). */
import type { ContentType } from "../wire.ts";
import type { DeliverEntity } from "./connection.ts";

export interface Bodies {
  bytes: Uint8Array;
  /** The offset at which the body that comes in begins; those that wait are before it. */
  from: number;
  /** The offset at which it ends so far. */
  to: number;
  /** Begins a new one. */
  start(): void;
  /** Whether as much more fits behind those that wait. Where none waits, `size` does. */
  hasRoom(count: number): boolean;
  /** Whether there is no place for one more that waits. */
  isFull(): boolean;
  /** Adds one that is answered, `bytes[from..to)` of the one that came in, to those that wait. */
  keep(from: number, to: number, contentType: ContentType): void;
  /** Delivers those that wait, and moves what has come in to the front. */
  deliver(): void;
}

/** How many may wait at a time. */
const WAITING_MAX = 16;

/** Allocates `size` bytes and a table, once. */
export function createBodies(size: number, deliver: DeliverEntity): Bodies {
  const waiting = new Int32Array(3 * WAITING_MAX); // from, to, content type
  let count = 0;

  function deliverAll(): void {
    const waits = count;
    for (let i = 0; i < waits; i++) deliver(bodies.bytes, waiting[3 * i], waiting[3 * i + 1], waiting[3 * i + 2]);
    count = 0;
    const length = bodies.to - bodies.from;
    for (let i = 0; i < length && bodies.from > 0; i++) bodies.bytes[i] = bodies.bytes[bodies.from + i];
    bodies.from = 0;
    bodies.to = length;
  }

  const bodies: Bodies = {
    bytes: new Uint8Array(size),
    from: 0,
    to: 0,
    start(): void {
      bodies.to = bodies.from;
    },
    hasRoom: more => more <= size - bodies.to,
    isFull: () => count === WAITING_MAX,
    keep(from: number, to: number, contentType: ContentType): void {
      waiting[3 * count] = from;
      waiting[3 * count + 1] = to;
      waiting[3 * count + 2] = contentType;
      count++;
      bodies.from = bodies.to;
    },
    deliver: deliverAll,
  };
  return bodies;
}
