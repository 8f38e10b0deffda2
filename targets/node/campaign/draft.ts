/** A line of FILE as a notification: its account, its secret, its fields. */
import { type DmAcc, sessionIdText } from "../../../src/index.ts";
import {
  type Credentials,
  encode,
  FieldError,
  fieldsOf,
  isSecret,
  type NotificationJson,
  pushOf,
} from "../../codec/index.ts";
import { dmAccOf } from "../accounts.ts";
import type { HostCode } from "../codes.ts";
import type { CheckSubmission, Submission } from "../links/link.ts";
import { Unsendable } from "../links/unsendable.ts";
import type { FileLine } from "./file.ts";
import type { Draft, Signed, Taken, Unfit } from "./journal.ts";

/** Keys of a line that are not fields of the notification. */
const OWN = ["address", "account", "secret", "nonce", "appAuth"];
/** Fields that the campaign sets itself. */
const OURS = ["sessionId", "timestamp"];

type Json = { [name: string]: unknown };

export interface DraftOptions {
  accounts: DmAcc[];
  /** Fields for every line; a field of the line itself takes precedence. */
  template: Json;
  /** The check of the link that the notifications go to; absent when it is not known. */
  check?: CheckSubmission;
  /** POSIX seconds. */
  now: () => number;
}

/** Turns the lines of one campaign into notifications. */
export function createDrafting(options: DraftOptions): (line: FileLine) => Draft | Unfit {
  const accounts = indexOf(options.accounts);

  function draftOf(line: number, from: Json): Draft {
    const fields: Json = { ...options.template, ...from };
    for (const key of OURS)
      if (key in fields) throw new FieldError("FIELD_OURS" satisfies HostCode, key, "is given by the campaign");
    const { address } = from;
    if (typeof address !== "string" || address === "")
      throw new FieldError("ADDRESS_MISSING" satisfies HostCode, "address", "is missing");
    if (!isStorable(address)) {
      throw new FieldError(
        "ADDRESS_UNFIT" satisfies HostCode,
        "address",
        "has a control character or a lone surrogate",
      );
    }
    const dmAcc = accountOf(fields, accounts);
    if (!isStorable(dmAcc.serverId)) {
      throw new FieldError("FIELD_NET_UNICODE", "serverId", "has a control character or a lone surrogate");
    }
    for (const key of OWN) delete fields[key];
    const is12 = fields.format === "1.2";
    const credentials = credentialsOf(dmAcc, is12);
    const timestamp = options.now();
    const numbered = { ...fields, serverId: dmAcc.serverId, ...(!is12 && { timestamp }) };
    const withId = (sessionId: number) => ({ ...numbered, sessionId: sessionIdText(sessionId) }) as NotificationJson;
    const { timeoutMinutes } = fieldsOf(withId(1), timestamp);
    // what cannot be sent takes no session id
    const { bytes, contentType } = encode(withId(1), credentials);
    options.check?.(submissionOf({ line, address, bytes, contentType }));
    function sign(sessionId: number): Signed {
      const { bytes, contentType } = encode(withId(sessionId), credentials);
      return { bytes, contentType, expiresAt: timeoutMinutes === 0 || is12 ? 0 : timestamp + 60 * timeoutMinutes };
    }
    const validity = { timestamp, timeoutMinutes: is12 ? undefined : timeoutMinutes };
    return { line, address, serverId: dmAcc.serverId, validity, sign };
  }

  return ({ line, record, fault }) => {
    if (fault !== undefined) return { line, address: "", serverId: "", ...fault };
    const from = record ?? {};
    try {
      return draftOf(line, from);
    } catch (cause) {
      if (!(cause instanceof FieldError || cause instanceof Unsendable)) throw cause;
      const code = cause instanceof FieldError ? cause.status : cause.code;
      const known = (name: string) => (typeof from[name] === "string" ? storable(from[name] as string) : "");
      return { line, address: known("address"), serverId: known("serverId"), code, text: storable(cause.message) };
    }
  };
}

/** Whether every journal can hold the text: PostgreSQL has no NUL and no lone surrogate in one. */
function isStorable(text: string): boolean {
  return !/[\p{Cc}\p{Surrogate}]/u.test(text);
}

/** The text as every journal can hold it. */
function storable(text: string): string {
  return text.replaceAll("\0", "\\0").replace(/\p{Surrogate}/gu, "\ufffd");
}

/** The submission of a message. A repetition has the same parts, because TID and reference come from the line. */
export function submissionOf(message: Pick<Taken, "line" | "address" | "bytes" | "contentType">): Submission {
  const { address, bytes, contentType } = message;
  const reference = message.line & 0xff;
  return { address, bytes, contentType, push: pushOf(bytes, contentType, reference), reference };
}

interface Accounts {
  byName: Map<string, DmAcc>;
  /** null when several accounts have this ServerID */
  byServerId: Map<string, DmAcc | null>;
}

function indexOf(all: DmAcc[]): Accounts {
  const byName = new Map<string, DmAcc>();
  const byServerId = new Map<string, DmAcc | null>();
  for (const dmAcc of all) {
    if (dmAcc.name !== undefined) byName.set(dmAcc.name, dmAcc);
    byServerId.set(dmAcc.serverId, byServerId.has(dmAcc.serverId) ? null : dmAcc);
  }
  return { byName, byServerId };
}

/**
 * Finds the account of a line by its "account" (a Name of the accounts file), by its own appAuth or secret, or by its
 * "serverId".
 */
function accountOf(fields: Json, accounts: Accounts): DmAcc {
  const { account, serverId, secret, nonce, appAuth } = fields;
  if (account !== undefined) {
    const found = accounts.byName.get(String(account));
    if (found === undefined)
      throw new FieldError("ACCOUNT_MISSING" satisfies HostCode, "account", `no account has the name ${account}`);
    if (serverId !== undefined && serverId !== found.serverId) {
      throw new FieldError(
        "ACCOUNT_MISSING" satisfies HostCode,
        "serverId",
        `account ${account} is of ${found.serverId}`,
      );
    }
    return found;
  }
  if (typeof serverId !== "string" || serverId === "") {
    throw new FieldError("ACCOUNT_MISSING" satisfies HostCode, "serverId", "is missing, and so is account");
  }
  if (appAuth !== undefined) return ownAccount({ serverId, appAuth });
  if (secret !== undefined) {
    // one secret for either format
    const level = fields.format === "1.2" ? "SRVCRED" : "NOTICRED";
    return ownAccount({
      serverId,
      appAuth: [{ aauthLevel: level, aauthSecret: secret, ...(nonce !== undefined && { aauthData: nonce }) }],
    });
  }
  const found = accounts.byServerId.get(serverId);
  if (found === null) {
    throw new FieldError(
      "ACCOUNT_MISSING" satisfies HostCode,
      "serverId",
      `several accounts are of ${serverId}: say which by account`,
    );
  }
  if (found === undefined)
    throw new FieldError("ACCOUNT_MISSING" satisfies HostCode, "serverId", `no account is of ${serverId}`);
  return found;
}

function ownAccount(json: Json): DmAcc {
  try {
    return dmAccOf(json, "");
  } catch (error) {
    throw new FieldError("ACCOUNT_UNFIT" satisfies HostCode, undefined, (error as Error).message.replace(/^\./, ""));
  }
}

/**
 * The secret of NOTICRED, or of SRVCRED when NOTICRED has none (§6.6); in DM 1.2 always that of SRVCRED. An empty one is none,
 * unless the account says allowEmptySecret: the rule of a device.
 */
function credentialsOf(dmAcc: DmAcc, is12: boolean): Credentials {
  const level = (name: string) => dmAcc.appAuth.find(({ aauthLevel }) => aauthLevel === name);
  const srvCred = level("SRVCRED");
  const notiCred = level("NOTICRED");
  const appAuth = is12 || notiCred?.aauthSecret === undefined ? srvCred : notiCred;
  const { allowEmptySecret = false } = dmAcc;
  const secret = appAuth?.aauthSecret;
  if (appAuth === undefined || secret === undefined || !isSecret(secret, allowEmptySecret)) {
    const wanted = is12 ? "SRVCRED" : "NOTICRED or SRVCRED";
    const what = secret === "" ? `an empty AAuthSecret of ${appAuth!.aauthLevel}` : `no AAuthSecret of ${wanted}`;
    throw new FieldError(
      "SECRET_MISSING" satisfies HostCode,
      "appAuth",
      `account ${dmAcc.name ?? dmAcc.serverId} has ${what}`,
    );
  }
  const isNamed = is12 && dmAcc.digestName === "aauthName" && appAuth.aauthName !== undefined;
  return {
    secret,
    allowEmptySecret,
    ...(appAuth.aauthData !== undefined && { nonce: appAuth.aauthData }),
    ...(isNamed && { name: appAuth.aauthName! }),
    ...(dmAcc.digestInput !== undefined && { digestInput: dmAcc.digestInput }),
  };
}
