/**
 * The bodies of a connection: the current one, which is still arriving, and the waiting ones, which are answered but not yet
 * delivered (D12).
 */
import type { ContentType } from "../wire.ts";
import type { DeliverEntity } from "./connection.ts";

export interface Bodies {
  bytes: Uint8Array;
  /** The offset at which the current body begins; the waiting bodies are before it. */
  from: number;
  /** The offset after the bytes of the current body that have come. */
  to: number;
  /** Begins the current body anew, and drops what it has. */
  start(): void;
  /** Whether `count` more bytes fit after the current body's. */
  hasRoom(count: number): boolean;
  /** Whether no further body can wait. */
  isFull(): boolean;
  /** The current body is answered: adds its part `bytes[from..to)` to the waiting bodies, and begins the next. */
  keep(from: number, to: number, contentType: ContentType): void;
  /** Delivers the waiting bodies, and moves the current one to the front. */
  deliver(): void;
}

/** So many bodies may wait at the same time. */
const WAITING_MAX = 16;

/** Allocates `size` bytes and a table of 192, once. */
export function createBodies(size: number, deliver: DeliverEntity): Bodies {
  const waiting = new Int32Array(3 * WAITING_MAX); // three numbers a body: from, to, content type
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
