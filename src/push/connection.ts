/** The types that SIP, HTTP and OBEX have in common. */
import type { Status } from "../status.ts";
import type { ContentType } from "../wire.ts";

/**
 * Takes the Package #0 `bytes[from..to)` of a message that text headers or OBEX carried, lent until the call returns.
 * `contentType` is CONTENT_TYPE_13, CONTENT_TYPE_12, or CONTENT_TYPE_OTHER where the sender named none: then its
 * structure decides. Returns the status of its verdict, which no answer to the sender depends on (D12).
 */
export type DeliverEntity = (bytes: Uint8Array, from: number, to: number, contentType: ContentType) => Status;

/** Told of a message that is refused before it is delivered: its status and the offset of what is wrong in it. */
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
   * Takes the next bytes of the connection, in pieces of any size, lent. Every message that ends in them is answered, and
   * only then are they delivered: neither an answer nor its time depends on a verdict, its own or that of a message before
   * it (D12). Returns OK between messages, MORE within one, and any other status (*_END where all was well) when the board
   * has to close the connection, once what was replied is sent.
   */
  receive(bytes: Uint8Array, from: number, to: number): Status;
  /** Lets time pass: about once a second. Returns as `receive` does. */
  tick(): Status;
  /** The connection has ended. What it had begun is forgotten. */
  close(): void;
}

/** Sends one notification over a connection, or to and fro in datagrams; sockets are the caller's. */
export interface PushSender {
  /**
   * Sends Package #0 `bytes[from..to)`, which has to stay as it is until the end. MORE, or the status for which it cannot
   * be sent. Once for each sender.
   */
  open(bytes: Uint8Array, from: number, to: number): Status;
  /** Takes what the peer sends, lent. MORE until the end; then OK when the message was taken, or another status. */
  receive(bytes: Uint8Array, from: number, to: number): Status;
  /** Lets time pass: about once a second. Returns as `receive` does; a status of its own when the peer took too long. */
  tick(): Status;
  /** The last answer of the peer, in the codes of its own protocol; 0 for nothing. */
  code(): number;
}
