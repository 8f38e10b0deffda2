/**
 * A small SMS centre on loopback, made of the server side of the npm library `smpp`. It takes submit_sm, and behaves as a
 * test asks.
 */
import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import smpp from "smpp";

/** A submit_sm as it came. */
export interface Submit {
  destination: string;
  /** UDH and data. */
  bytes: Buffer;
  pdu: { [field: string]: unknown };
}

export interface Centre {
  port: number;
  submits: Submit[];
  /** Commands that came, submit_sm left out. */
  commands: string[];
  /** The message_id of every answer; by default each has its own. */
  messageId: string | undefined;
  /** The most submit_sm that waited for their answer at one time. */
  mostUnderWay: number;
  /** Binds so far. */
  binds: number;
  /** Sends a deliver_sm to all that are bound; resolves to their command_status. */
  deliver(fields: object): Promise<number[]>;
  /** Sends octets unchanged to all bound peers. */
  raw(bytes: Buffer): void;
  /** Ends all connections. */
  drop(): void;
  close(): Promise<void>;
}

export interface CentreOptions {
  /** command_status for a submit_sm; undefined: no answer. By default 0. */
  answer?: (submit: Submit, count: number) => number | undefined;
  /** command_status for a bind. */
  bind?: (count: number) => number;
  /** The text, after the id, of the delivery receipt for each message that asks for one. */
  receipt?: (submit: Submit) => string | undefined;
  /** Answers to enquire_link. */
  isAlive?: () => boolean;
  /** How long an answer to submit_sm takes; 0. */
  delayMs?: number;
  /** For TLS. */
  key?: string;
  cert?: string;
  host?: string;
  port?: number;
  /** Called for each submit_sm; the list is kept only without it. */
  took?: (submit: Submit) => void;
}

interface Session {
  socket: Socket;
  on(event: string, take: (pdu: Pdu) => void): void;
  send(pdu: unknown, answered?: (answer: Pdu) => void): boolean;
  destroy(): void;
}
interface Pdu {
  command: string;
  command_status: number;
  response(fields?: object): Pdu;
  [field: string]: unknown;
}

export async function openCentre(options: CentreOptions = {}): Promise<Centre> {
  const sessions = new Set<Session>();
  const bound = new Set<Session>();
  const tls = options.key === undefined ? {} : { key: options.key, cert: options.cert };
  const centre: Centre = {
    messageId: undefined,
    port: 0,
    submits: [],
    commands: [],
    mostUnderWay: 0,
    binds: 0,
    deliver: fields => Promise.all([...bound].map(session => deliverTo(session, fields))),
    raw(bytes) {
      for (const { socket } of bound) socket.write(bytes);
    },
    drop() {
      for (const session of sessions) session.destroy();
    },
    async close() {
      centre.drop();
      server.close();
      await once(server, "close");
    },
  };
  let count = 0;
  let underWay = 0;

  function deliverTo(session: Session, fields: object): Promise<number> {
    return new Promise(resolve => {
      session.send(new smpp.PDU("deliver_sm", fields), answer => resolve(answer.command_status));
    });
  }

  function submitted(session: Session, pdu: Pdu): void {
    const short = pdu.short_message as { message: Buffer; udh?: Buffer[] } | Buffer;
    const submit = { destination: String(pdu.destination_addr), bytes: octets(pdu, short), pdu: { ...pdu } };
    count++;
    if (options.took === undefined) centre.submits.push(submit);
    else options.took(submit);
    const status = options.answer === undefined ? 0 : options.answer(submit, count);
    if (status === undefined) return;
    const id = centre.messageId ?? count.toString(16).toUpperCase();
    const text = status === 0 && Number(pdu.registered_delivery) === 1 ? options.receipt?.(submit) : undefined;
    const answer = () => {
      underWay--;
      session.send(status === 0 ? pdu.response({ message_id: id }) : pdu.response({ command_status: status }));
    };
    centre.mostUnderWay = Math.max(centre.mostUnderWay, ++underWay);
    if (options.delayMs === undefined) answer();
    else setTimeout(answer, options.delayMs);
    if (text === undefined) return;
    const message = `id:${id} sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 ${text} text:`;
    void deliverTo(session, { esm_class: 4, short_message: message, source_addr: pdu.destination_addr });
  }

  const server: Server = smpp.createServer(tls, (session: Session) => {
    sessions.add(session);
    session.on("close", () => {
      sessions.delete(session);
      bound.delete(session);
    });
    session.on("error", () => session.destroy());
    session.on("pdu", pdu => {
      if (pdu.command === "submit_sm") {
        submitted(session, pdu);
        return;
      }
      centre.commands.push(pdu.command);
      if (/^bind_/.test(pdu.command)) {
        centre.binds++;
        const status = options.bind?.(centre.binds) ?? 0;
        session.send(pdu.response(status === 0 ? { system_id: "centre" } : { command_status: status }));
        if (status === 0) bound.add(session);
      } else if (pdu.command === "enquire_link") {
        if (options.isAlive?.() ?? true) session.send(pdu.response());
      } else if (pdu.command === "unbind") {
        session.send(pdu.response());
        session.socket.end();
      }
    });
  });
  server.listen(options.port ?? 0, options.host ?? "127.0.0.1");
  await once(server, "listening");
  centre.port = (server.address() as AddressInfo).port;
  return centre;
}

/** The library has taken the UDH apart: put together again. */
function octets(pdu: Pdu, short: { message: Buffer; udh?: Buffer[] } | Buffer): Buffer {
  const payload = pdu.message_payload as { message: Buffer } | Buffer | undefined;
  if (payload !== undefined) return Buffer.isBuffer(payload) ? payload : payload.message;
  if (Buffer.isBuffer(short)) return short;
  const udh = Buffer.concat(short.udh ?? []);
  return short.udh === undefined ? short.message : Buffer.concat([Buffer.of(udh.length), udh, short.message]);
}
