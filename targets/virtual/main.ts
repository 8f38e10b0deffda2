/**
 * The program of a virtual board. It runs inside the engine after the flashed bundle, whose API is the global `pkg0`, and
 * reaches the world only through the functions that the host put into the engine. A board's own program looks like this one.
 */
import type * as Pkg0 from "../../src/index.ts";

declare const pkg0: typeof Pkg0;
/** The functions that targets/node/quickjs-board.ts supplies; bytes are passed as ArrayBuffers, events as JSON. */
declare const host: {
  load(key: string): ArrayBuffer | null;
  save(key: string, bytes: ArrayBuffer): boolean;
  erase(key: string): boolean;
  seconds(): number;
  /** Takes "session", "verdict", "inform" and "confirm" events. */
  event(json: string): void;
  isAvailable(bearer: number): boolean;
};

/** Questions that the user has not answered, the oldest first. */
const questions: ((isAllowed: boolean) => void)[] = [];

const client = pkg0.createClient(
  {
    storage: {
      load(key) {
        const bytes = host.load(key);
        return bytes === null ? null : new Uint8Array(bytes);
      },
      save: (key, bytes) => host.save(key, bytes.buffer as ArrayBuffer),
      erase: key => host.erase(key),
    },
    clock: { posixSeconds: () => 0, monotonicSeconds: () => host.seconds() },
    session: {
      start(request) {
        host.event(JSON.stringify({ event: "session", request }));
        client.sessionDone(request);
        return pkg0.SESSION_STARTED;
      },
    },
    bearers: { isAvailable: bearer => host.isAvailable(bearer) },
    ui: {
      inform: (_reason, request) => host.event(JSON.stringify({ event: "inform", request })),
      confirm(_reason, request, answer) {
        questions.push(answer);
        host.event(JSON.stringify({ event: "confirm", request }));
      },
    },
  },
  {
    onVerdict: (status, at, via, about) => {
      const known = about();
      host.event(JSON.stringify({ event: "verdict", status, at, via, serverId: known === null ? "" : known.serverId }));
    },
  },
);

/** The functions that the host calls: accounts first, then `open`, then one datagram at a time. */
const board = {
  /** A DMAcc as JSON, AAuthData in base64. */
  addAccount(json: string) {
    const dmAcc = JSON.parse(json);
    for (let i = 0; i < dmAcc.appAuth.length; i++) {
      const appAuth = dmAcc.appAuth[i];
      if (appAuth.aauthData !== undefined) appAuth.aauthData = pkg0.readBase64(appAuth.aauthData);
    }
    return client.addAccount(dmAcc);
  },
  open: () => client.open(),
  /** The user's answer to the oldest question: "yes" or another; SESSION_UNKNOWN when there is none. */
  answer(text: string) {
    const question = questions.shift();
    if (question === undefined) return pkg0.SESSION_UNKNOWN;
    question(text === "yes");
    return pkg0.OK;
  },
  bearerChanged() {
    client.bearerChanged();
    return pkg0.OK;
  },
  datagram(buffer: ArrayBuffer) {
    const bytes = new Uint8Array(buffer);
    return client.receivePush(bytes, 0, bytes.length, pkg0.VIA_UDP);
  },
};
(globalThis as unknown as { board: typeof board }).board = board;
