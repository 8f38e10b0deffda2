/** The PDUs of SMPP on one TCP or TLS connection: our interface over the npm library `smpp`, which reads and writes them. */
import type { EventEmitter } from "node:events";
import { loadPeer } from "../peers.ts";
import type { Fields } from "./submit.ts";
import type { SmppOptions } from "./uri.ts";

/** A PDU from the peer: its header, and its fields and TLVs by the standard's names. */
export interface Pdu {
  command: string;
  command_status: number;
  sequence_number: number;
  readonly [name: string]: unknown;
}

export interface WireEvents {
  /** Called when connected; for smpps: after the handshake. */
  opened(): void;
  /** A PDU came. */
  received(pdu: Pdu): void;
  /** Called once when the connection has ended; `text` is the reason, or "" when it is unknown. */
  closed(text: string): void;
}

export interface Wire {
  /** Sends a request; returns its sequence number. */
  request(command: string, fields: Fields): number;
  /** Answers a request of the peer. */
  answer(request: Pdu, commandStatus: number): void;
  /** Ends the connection; closed() is called. */
  destroy(): void;
}

/** The part of the library that we use. */
interface Session extends EventEmitter {
  send(pdu: LibraryPdu): boolean;
  destroy(): void;
}
interface LibraryPdu extends Pdu {
  isResponse(): boolean;
  response(fields: Fields): LibraryPdu;
}
interface Library {
  connect(options: object): Session;
  PDU: new (command: string, fields: object) => LibraryPdu;
}

/** Rejects when the library is not installed. */
export async function loadWire(): Promise<(options: SmppOptions, events: WireEvents) => Wire> {
  const loaded = await loadPeer<{ default: Library }>("smpp", "an smpp: destination");
  return (options, events) => connect(loaded.default, options, events);
}

function connect(library: Library, options: SmppOptions, events: WireEvents): Wire {
  const { host, port, isTls } = options;
  const tls = { tls: isTls, servername: host, ...(options.ca !== undefined && { ca: options.ca }) };
  const session = library.connect({ host, port, ...(isTls && tls), noDelay: true });
  let isOpen = true;
  function close(text: string): void {
    if (!isOpen) return;
    isOpen = false;
    session.destroy();
    events.closed(text);
  }
  session.on(isTls ? "secureConnect" : "connect", () => events.opened());
  // the library does not distinguish a failed socket from an unreadable PDU; the stream is lost in both cases
  session.on("error", (error: Error) => close(error.message));
  session.on("close", () => close("the connection was closed"));
  session.on("pdu", (pdu: LibraryPdu) => {
    if (isOpen) events.received(pdu);
  });
  let sequence = 0;
  return {
    request(command, fields) {
      sequence = sequence === 0x7fffffff ? 1 : sequence + 1;
      session.send(new library.PDU(command, { ...fields, sequence_number: sequence }));
      return sequence;
    },
    answer(request, commandStatus) {
      session.send((request as LibraryPdu).response({ command_status: commandStatus }));
    },
    destroy: () => close("closed by us"),
  };
}
