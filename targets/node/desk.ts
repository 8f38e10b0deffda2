/** The parts of a board that `pkg0 listen` simulates: bounds, bearers, and a user who is asked. */
import type { Bearers, Client, ClientOptions, SessionName, SessionRequest, Ui } from "../../src/index.ts";

export interface DeskBounds extends ClientOptions {
  /** Parts of short messages that are held at the same time. */
  parts?: number;
}

/** Wider bounds than a board's, because `pkg0 listen` is for looking at messages. */
const WIDE: ClientOptions = { rememberedMax: 1024, pendingMax: 1024, pendingBytes: 1 << 26, messageMax: 65535 };
/** As startDevice has it (targets/device.ts). */
const BOARD: ClientOptions = { digestBurst: 10 };

export function boundsOf(options: { bounds?: DeskBounds; isBoard?: boolean }, accountsMax: number): ClientOptions {
  const { parts: _, ...bounds } = options.bounds ?? {};
  return { accountsMax, ...(options.isBoard === true ? BOARD : WIDE), ...bounds };
}

export function partsOf(options: { bounds?: DeskBounds; isBoard?: boolean }): { parts: number; messageParts: number } {
  const parts = options.bounds?.parts ?? (options.isBoard === true ? 8 : 255);
  return { parts, messageParts: options.isBoard === true ? Math.min(parts, 5) : parts };
}

/** The user (§6.4.4): none, one who is only informed, or one who answers. */
export type DeskUser = "none" | "inform" | "ask";

export interface Controls {
  /** The user and the bearers for a HAL; `tell` is called with what the user sees: "inform" or "ask". */
  hal(tell: (what: string, request: SessionRequest) => void): { ui?: Ui; bearers?: Bearers };
  attach(client: Client): void;
  /** Forgets the question about a session that has ended without an answer. */
  forget(session: SessionName): void;
  /**
   * Takes a line of input: "bearers 6,8", "bearers" for none, "yes" or "no" for the oldest question, "yes 1234" for the
   * session 1234. Throws an Error for any other line.
   */
  tell(line: string): void;
}

/** `bearers` are the Preferred-Bearer values that can carry a session; undefined for all. */
export function createControls(ui: DeskUser, bearers: readonly number[] | undefined): Controls {
  let available = bearers;
  let client: Client | undefined;
  let questions: { request: SessionRequest; answer: (isAllowed: boolean) => void }[] = [];

  function forget({ serverId, sessionId }: SessionName): void {
    questions = questions.filter(({ request }) => request.serverId !== serverId || request.sessionId !== sessionId);
  }

  function answer(isAllowed: boolean, sessionId: string | undefined): void {
    const index =
      sessionId === undefined ? 0 : questions.findIndex(({ request }) => request.sessionId === sessionId.toUpperCase());
    const [question] = index < 0 ? [] : questions.splice(index, 1);
    if (question === undefined)
      throw new Error(`nobody asked${sessionId === undefined ? "" : ` for session ${sessionId}`}`);
    question.answer(isAllowed);
  }

  return {
    hal(tell) {
      const shown: Ui = {
        inform: (_, request) => tell("inform", request),
        confirm(_, request, reply) {
          tell(ui === "ask" ? "ask" : "inform", request);
          if (ui === "ask") questions.push({ request, answer: reply });
          else reply(true);
        },
      };
      return {
        ...(ui !== "none" && { ui: shown }),
        ...(available !== undefined && { bearers: { isAvailable: bearer => available!.includes(bearer) } }),
      };
    },
    attach(one) {
      client = one;
    },
    forget,
    tell(line) {
      const [word, rest] = line.trim().split(/\s+(.*)/s) as [string, string?];
      if (word === "yes" || word === "no") answer(word === "yes", rest);
      else if (word === "bearers" && available !== undefined) {
        available = readBearers(rest ?? "");
        client?.bearerChanged();
      } else throw new Error(`"${line}" is none of: bearers LIST (with --bearers), yes [SESSIONID], no [SESSIONID]`);
    },
  };
}

/** Reads "6,8", or "" for none. Throws an Error for any other text. */
export function readBearers(text: string): number[] {
  if (text.trim() === "") return [];
  return text.split(",").map(one => {
    const bearer = Number(one);
    if (!/^\s*\d+\s*$/.test(one) || bearer < 1 || bearer > 11) {
      throw new Error(`a bearer must be a number of 1 to 11 (§6.5.6), not "${one}"`);
    }
    return bearer;
  });
}
