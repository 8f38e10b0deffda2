/** The accounts file of `pkg0 listen`: a JSON array of DMAccs in the standard's names, AAuthData in hex or base64. */
import {
  type AppAddr,
  type AppAuth,
  type Client,
  DIGEST_INPUTS,
  type DmAcc,
  OK,
  type Status,
} from "../../src/index.ts";
import { isSecret, readNonce, serverIdWarning, suggestion } from "../codec/index.ts";
import { readJsonFile } from "./texts.ts";

/**
 * Reads and checks the accounts of one device. Throws an Error that names the place of the fault, and quotes nothing of the
 * file, because it contains secrets.
 */
export function readAccountsFile(path: string): DmAcc[] {
  const dmAccs = readFleetFile(path);
  const ids = new Set(dmAccs.map(one => one.serverId));
  if (ids.size < dmAccs.length) throw new Error(`${path}: a serverId stands there twice`);
  dmAccs.forEach((dmAcc, i) => {
    const fault = faultOf(dmAcc);
    if (fault !== "") throw new Error(`${path}: [${i}] can never work: ${fault}`);
  });
  return dmAccs;
}

/**
 * client.addAccount for programs on a host: adds or replaces the account, and warns when its ServerID is not Net-Unicode
 * (§6.2.3). By default the warning is one of the process, with the code PKG0_SERVER_ID. Statuses are those of addAccount.
 */
export function addAccount(client: Client, dmAcc: DmAcc, warn: (warning: string) => void = emit): Status {
  const status = client.addAccount(dmAcc);
  const warning = status === OK ? serverIdWarning(dmAcc.serverId) : undefined;
  if (warning !== undefined) warn(`${warning}, in the account of ${dmAcc.serverId}`);
  return status;
}

function emit(warning: string): void {
  process.emitWarning(warning, { type: "Pkg0Warning", code: "PKG0_SERVER_ID" });
}

/** The reason why no notification for the account can be verified; "" when one can. */
function faultOf({ serverId, appAuth, allowEmptySecret }: DmAcc): string {
  if (Buffer.byteLength(serverId) > 256) return "its serverId has more than 256 bytes (§6.5.1)";
  const secrets = appAuth.filter(({ aauthLevel }) => aauthLevel === "NOTICRED" || aauthLevel === "SRVCRED");
  if (secrets.length === 0) return "it has no AppAuth of aauthLevel NOTICRED or SRVCRED (§6.6)";
  if (!secrets.some(({ aauthSecret }) => isSecret(aauthSecret, allowEmptySecret)))
    return "its NOTICRED or SRVCRED has no aauthSecret (§6.6)";
  const isLong = appAuth.some(({ aauthSecret = "", aauthName = "" }) =>
    [aauthSecret, aauthName].some(text => Buffer.byteLength(text) > 256),
  );
  return isLong ? "an aauthName or aauthSecret has more than 256 bytes" : "";
}

/** Reads the accounts of many devices. Several may have the same ServerID; each Name is unique. */
export function readFleetFile(path: string): DmAcc[] {
  const json = readJsonFile(path);
  if (!Array.isArray(json)) throw new Error(`${path}: must be a JSON array of DMAccs`);
  return json.map((one, i) => dmAccOf(one, `${path}: [${i}]`));
}

type Json = { [name: string]: unknown };

const TEXTS = ["serverId", "name", "prefConRef", "aauthPref"];
const AUTH_TEXTS = ["aauthLevel", "aauthType", "aauthName", "aauthSecret"];
const CHOICES: { [name: string]: unknown[] } = {
  digestInput: DIGEST_INPUTS,
  digestName: ["serverId", "aauthName"],
  nonceResync: [true, false],
  allowEmptySecret: [true, false],
  timeoutUnit: ["minutes", "days"],
  requireRequestedMo: [true, false],
  strictVendorInfo: [true, false],
};

/** Reads one DMAcc; errors name it by `place`. */
export function dmAccOf(json: unknown, place: string): DmAcc {
  const from = object(json, place);
  checkKeys(from, [...TEXTS, ...Object.keys(CHOICES), "maxSkewSeconds", "toConRef", "appAddr", "appAuth"], place);
  const dmAcc = texts(from, TEXTS, place) as Partial<DmAcc>;
  if (!dmAcc.serverId) throw new Error(`${place}.serverId: is missing`);
  for (const [name, values] of Object.entries(CHOICES)) {
    if (from[name] === undefined) continue;
    if (!values.includes(from[name])) throw new Error(`${place}.${name}: must be one of ${values.join(", ")}`);
    Object.assign(dmAcc, { [name]: from[name] });
  }
  if (from.maxSkewSeconds !== undefined) {
    const seconds = from.maxSkewSeconds;
    if (typeof seconds !== "number" || seconds < 0)
      throw new Error(`${place}.maxSkewSeconds: must be a number of seconds`);
    dmAcc.maxSkewSeconds = seconds;
  }
  if (from.toConRef !== undefined) {
    dmAcc.toConRef = array(from.toConRef, `${place}.toConRef`).map((one, i) => text(one, `${place}.toConRef[${i}]`));
  }
  if (from.appAddr !== undefined) {
    dmAcc.appAddr = array(from.appAddr, `${place}.appAddr`).map((one, i) => appAddrOf(one, `${place}.appAddr[${i}]`));
  }
  if (from.appAuth === undefined) throw new Error(`${place}.appAuth: is missing`);
  dmAcc.appAuth = array(from.appAuth, `${place}.appAuth`).map((one, i) => appAuthOf(one, `${place}.appAuth[${i}]`));
  return dmAcc as DmAcc;
}

function appAddrOf(json: unknown, place: string): AppAddr {
  const from = object(json, place);
  checkKeys(from, ["addr", "addrType", "port"], place);
  const appAddr = texts(from, ["addr", "addrType"], place) as unknown as AppAddr;
  if (appAddr.addr === undefined) throw new Error(`${place}.addr: is missing`);
  if (from.port !== undefined) {
    appAddr.port = array(from.port, `${place}.port`).map((one, i) => {
      if (typeof one !== "number") throw new Error(`${place}.port[${i}]: must be a number`);
      return one;
    });
  }
  return appAddr;
}

function appAuthOf(json: unknown, place: string): AppAuth {
  const from = object(json, place);
  checkKeys(from, [...AUTH_TEXTS, "aauthData"], place);
  const appAuth = texts(from, AUTH_TEXTS, place) as unknown as AppAuth;
  if (appAuth.aauthLevel === undefined) throw new Error(`${place}.aauthLevel: is missing`);
  if (from.aauthData !== undefined) {
    const data = readNonce(text(from.aauthData, `${place}.aauthData`));
    if (data === null) throw new Error(`${place}.aauthData: is neither hex nor base64`);
    appAuth.aauthData = data;
  }
  return appAuth;
}

function object(json: unknown, place: string): Json {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw new Error(`${place}: must be an object`);
  return json as Json;
}

function array(json: unknown, place: string): unknown[] {
  if (!Array.isArray(json)) throw new Error(`${place}: must be an array`);
  return json;
}

function text(json: unknown, place: string): string {
  if (typeof json !== "string") throw new Error(`${place}: must be a text`);
  return json;
}

function texts(from: Json, names: string[], place: string): { [name: string]: string } {
  const present = names.filter(name => from[name] !== undefined);
  return Object.fromEntries(present.map(name => [name, text(from[name], `${place}.${name}`)]));
}

function checkKeys(from: Json, known: string[], place: string): void {
  const keys = Object.keys(from);
  const unknown = keys.findIndex(key => !known.includes(key));
  if (unknown < 0) return;
  // the key is not shown: it may be a secret in the wrong place
  const meant = suggestion(keys[unknown]!, known);
  throw new Error(`${place}: key ${unknown + 1} is none of ${known.join(", ")}${meant}`);
}
