/** What the receivers of SIP, HTTP and OBEX have in common. */

/**
 * Takes the Package #0 `bytes[from..to)` of a message that text headers or OBEX carried, lent until the call returns.
 * `contentType` is CONTENT_TYPE_13, CONTENT_TYPE_12, or CONTENT_TYPE_OTHER where the sender named none: then its
 * structure decides. Returns the status of its verdict, which no answer to the sender depends on (D12).
 */
export type DeliverEntity = (bytes: Uint8Array, from: number, to: number, contentType: number) => number;

/** Told of a message that is refused before it is delivered: its status and the offset of what is wrong in it. */
export type Refused = (status: number, at: number) => void;

/** What a connection does, over TCP; sockets are the board's. */
export interface PushConnection {
  /**
   * Takes the next bytes of the connection, in pieces of any size, lent. Each message is answered, then delivered, so that
   * neither the answer nor its time depends on the verdict (D12). Returns OK between messages, MORE within one, and any
   * other status (*_END where all was well) when the board has to close the connection, once what was replied is sent.
   */
  receive(bytes: Uint8Array, from: number, to: number): number;
  /** Tells the time, in seconds of any clock that does not go back. Returns as `receive` does. */
  tick(nowSeconds: number): number;
  /** The connection has ended. What it had begun is forgotten. */
  close(): void;
}
