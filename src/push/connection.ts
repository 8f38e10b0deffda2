/** The types that the receivers and senders of SIP, HTTP and OBEX have in common. */
import type { Status } from "../status.ts";
import type { ContentType } from "../wire.ts";

/**
 * Takes the Package #0 `bytes[from..to)` that SIP, HTTP or OBEX carried, lent until the call returns. `contentType` is
 * CONTENT_TYPE_13, CONTENT_TYPE_12, or CONTENT_TYPE_OTHER when the sender named no type; its structure decides then. Returns
 * the status of the verdict; the receiver has already answered the sender, so no answer depends on it (D12).
 */
export type DeliverEntity = (bytes: Uint8Array, from: number, to: number, contentType: ContentType) => Status;

/** Called for a message that is refused before its delivery, with its status and the offset of the fault in it. */
export type OnRefused = (status: Status, at: number) => void;

/** The options of every receiver over TCP. */
export interface ConnectionOptions {
  deliver: DeliverEntity;
  /** Sends `bytes[from..to)`, lent until it returns. */
  reply: (bytes: Uint8Array, from: number, to: number) => void;
  onRefused?: OnRefused;
  /**
   * Bytes of a body, allocated once. A longer body is answered 413 (HTTP_BODY_LONG) or CD (OBEX_BODY_LONG). Messages that
   * did not wait for the answer to the one before them share these bytes; when they do not fit, the connection ends with
   * HTTP_PIPELINED or OBEX_PIPELINED. By default 4096.
   */
  bodyMax?: number;
  /**
   * How long a message may take from its first byte to its last. A slower one ends the connection, with HTTP_SLOW (answered
   * 408) or OBEX_SLOW. By default 30.
   */
  secondsMax?: number;
  /** How long a connection stays open between messages; then it ends with HTTP_END or OBEX_END. By default 60. */
  idleSecondsMax?: number;
}

/** One connection over TCP; the socket is the board's. */
export interface PushConnection {
  /**
   * Takes the next bytes of the connection, in pieces of any size, lent. Every message that ends in them is answered before
   * any of them is delivered: no answer, and no answer's time, depends on a verdict (D12). Returns OK between messages and
   * MORE within one. Any other status (*_END when all was well) asks the board to send the remaining replies and then close
   * the connection. One of them is FIELD_RANGE, for a span that is not in `bytes`: nothing of it is taken.
   */
  receive(bytes: Uint8Array, from: number, to: number): Status;
  /** Lets time pass: about once a second. Returns as `receive` does. */
  tick(): Status;
  /** To be called when the connection has ended. An incomplete message is forgotten. */
  close(): void;
}

/** Sends one notification over a connection or in datagrams. The caller owns the socket. */
export interface PushSender {
  /**
   * Sends Package #0 `bytes[from..to)`, which must not change until the exchange ends. Returns MORE, or the status for which
   * it cannot be sent, such as FIELD_RANGE for a span that is not in `bytes`. Call it once for each sender.
   */
  open(bytes: Uint8Array, from: number, to: number): Status;
  /**
   * Takes bytes from the peer, lent. Returns MORE until the exchange ends; then OK when the peer took the message, or
   * another status. A span that is not in `bytes` is not taken: FIELD_RANGE, or MORE in a sender over UDP.
   */
  receive(bytes: Uint8Array, from: number, to: number): Status;
  /** To be called about once a second, for the time-outs. Returns as `receive` does; *_NO_ANSWER when the peer took too long. */
  tick(): Status;
  /** The last answer of the peer as a code of its protocol; 0 before an answer. */
  code(): number;
}
