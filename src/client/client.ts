/**
 * The DM client. judge.ts judges a message; this file acts on the verdict: it saves the notification, reports the verdict
 * and starts the session. A rejected message leaves no trace.
 */

import type { Account } from "../account/accounts.ts";
import { createStore } from "../account/store.ts";
import type { Hal } from "../hal.ts";
import { newNotification } from "../notification/fields.ts";
import { utf8Text } from "../notification/utf8.ts";
import { or } from "../or.ts";
import type { PartSets } from "../push/sms/reassembly.ts";
import { OK, RECEIVER_ABSENT, SMS_OFF, type Status, THROTTLED } from "../status.ts";
import { type ContentType, FORMAT_12, VIA_SMS, VIA_UDP, type Via } from "../wire.ts";
import { createAccounts } from "./accounts.ts";
import { remember } from "./admission.ts";
import type { Client } from "./interface.ts";
import { createJudge, newVerdict, setVerdict } from "./judge.ts";
import type { About, ClientOptions } from "./options.ts";
import { newPending, newRequest, type Pending, sessionIdText } from "./pending.ts";
import { IS_12, RENEW_NONCES, VIA_MASK } from "./record.ts";
import { createRecords } from "./records.ts";
import { createSessions } from "./sessions.ts";
import { createTokens } from "./tokens.ts";

/**
 * A client on a board, with the accounts and pending sessions that its storage holds. Allocates its scratch, and a few
 * hundred bytes for each account. An accepted message allocates a memory, a record and a request (targets/admission.md).
 */
export function createClient(hal: Hal, options: ClientOptions): Client {
  const rememberedMax = or(options.rememberedMax, 8);
  const onVerdict = options.onVerdict;
  const clock = hal.clock;
  const n = newNotification();
  const store = createStore(hal.storage);
  const records = createRecords(store, clock, options, n);
  const sessions = createSessions(hal, records, options.onSession);
  const accounts = createAccounts(store, clock, records, sessions, options);
  const tokens = createTokens(clock, or(options.digestBurst, 0), or(options.digestsPerMinute, 6));
  const judge = createJudge(hal, options, rememberedMax, records, tokens, n);
  /** The last verdict, and a second one for a set of parts that may be better. */
  let verdict = newVerdict();
  let rival = newVerdict();
  /** The engine had no memory to judge the last short message and threw; the modem's driver delivers the message again. */
  let isUnjudged = false;
  /** The first set whose digest was not computed because no token was left. */
  let firstOpen = 0;

  function receivePush(bytes: Uint8Array, from: number, to: number, via: Via, origin?: number): Status {
    tokens.begin(via, origin);
    judge.judgePush(bytes, from, to, verdict);
    return conclude(accept());
  }

  function receiveBody(
    bytes: Uint8Array,
    from: number,
    to: number,
    contentType: ContentType,
    via: Via,
    origin?: number,
  ): Status {
    tokens.begin(via, origin);
    judge.judgeBody(bytes, from, to, contentType, verdict);
    return conclude(accept());
  }

  function receiveTpdu(bytes: Uint8Array, from: number, to: number): Status {
    if (sms === null) return SMS_OFF;
    if (isUnjudged) sms.judged(THROTTLED, false, 0);
    isUnjudged = true;
    const status = sms.receive(bytes, from, to);
    tokens.begin(VIA_SMS, sms.origin);
    if (status !== OK) {
      isUnjudged = false;
      setVerdict(verdict, status, sms.at);
      return conclude(null);
    }
    judge.judgePush(sms.bytes, sms.from, sms.to, verdict);
    const sets = sms.sets;
    const isMessage = sets !== null && judgeSets(sets);
    const accepted = accept();
    sms.judged(verdict.status, isMessage, firstOpen);
    isUnjudged = false;
    return conclude(accepted);
  }

  /**
   * Judges the other sets of parts; the first was judged already. The first set that the server signed counts, even if it is
   * old or known; without one, the set that got furthest. Leaves its verdict in `verdict`. Returns whether a set was signed.
   */
  function judgeSets(sets: PartSets): boolean {
    let furthest = sets.set;
    let isGenuine = judge.isGenuine(verdict);
    firstOpen = verdict.status === THROTTLED ? furthest : 0;
    for (let set = furthest + 1; !isGenuine && sets.assemble(set); set++) {
      judge.judgePush(sets.bytes, 0, sets.size, rival);
      isGenuine = judge.isGenuine(rival);
      if (rival.status === THROTTLED && firstOpen === 0) firstOpen = set;
      if (rival.rank <= verdict.rank) continue;
      const former = verdict;
      verdict = rival;
      rival = former;
      furthest = set;
    }
    if (!isGenuine) sets.assemble(furthest); // `verdict` refers to its bytes
    return isGenuine;
  }

  /** Saves an accepted notification before anything acts on it; returns its session. null when there is none. */
  function accept(): Pending | null {
    if (verdict.status !== OK) return null;
    const index = verdict.index;
    const account = records.accounts[index] as Account;
    const flags =
      (tokens.via & VIA_MASK) | (n.format === FORMAT_12 ? IS_12 : 0) | (verdict.isResync ? RENEW_NONCES : 0);
    const session = newPending(n, index, account, 0, flags, clock);
    const memory = remember(account.memory as Uint8Array, n, verdict.stamp, rememberedMax, clock.posixSeconds());
    verdict.status = records.save(index, account, memory, session);
    return verdict.status === OK ? session : null;
  }

  /** Reports `verdict`, and starts the session of an accepted notification. */
  function conclude(accepted: Pending | null): Status {
    const status = verdict.status;
    client.at = verdict.at;
    // `n` still has the notification, so nothing needs to be read back from the store; `onVerdict` may hand in another
    const request = accepted && newRequest(n, records.accounts[accepted.index] as Account, accepted);
    if (onVerdict !== undefined) onVerdict(status, verdict.at, tokens.via, aboutVerdict);
    if (request !== null) sessions.start(accepted as Pending, request);
    return status;
  }

  function aboutVerdict(): About | null {
    const at = verdict.serverIdAt;
    const length = verdict.serverIdLength;
    if (length === 0) return null;
    return { serverId: utf8Text(verdict.bytes, at, at + length), sessionId: sessionIdText(verdict.sessionId) };
  }

  function offer(): void {
    sessions.visit(true);
  }

  const sms = options.sms === undefined ? null : options.sms(hal.storage);

  const client: Client = {
    at: 0,
    open(): Status {
      const isUdpAbsent =
        hal.udp && !hal.udp.open((bytes, from, to, origin) => receivePush(bytes, from, to, VIA_UDP, origin));
      const isSmsAbsent = hal.sms && !hal.sms.open(receiveTpdu);
      return records.loadStatus || (isUdpAbsent || isSmsAbsent ? RECEIVER_ABSENT : OK);
    },
    close(): void {
      if (hal.udp !== undefined) hal.udp.close();
      if (hal.sms !== undefined) hal.sms.close();
    },
    receivePush,
    receiveTpdu,
    receiveBody,
    addAccount: accounts.add,
    removeAccount: accounts.remove,
    listAccounts: accounts.list,
    saveNonce: accounts.saveNonce,
    resume: offer,
    bearerChanged: offer,
    tick(): void {
      sessions.visit(records.heal()); // those whose records can be read again may be waiting
      if (sms !== null) sms.expire();
    },
    sessionDone: sessions.done,
  };
  return client;
}
