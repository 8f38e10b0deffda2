/** An SMPP 3.4 link as a URI: smpp://USER:PASSWORD@HOST:PORT?source=.. */
import { shownUri } from "../links/shown.ts";
import { readTextFile } from "../texts.ts";

/** The form of a long push: parts with a UDH, parts with SAR TLVs, or whole in message_payload. */
export type Concatenation = "udh" | "sar" | "payload";

export interface SmppOptions {
  host: string;
  port: number;
  isTls: boolean;
  /** Certificates to trust in addition to the system's, PEM. */
  ca?: string;
  systemId: string;
  password: string;
  systemType: string;
  serviceType: string;
  bind: "transmitter" | "transceiver";
  source: string;
  /** TON and NPI; by default those that `addressOf` derives from the address. */
  sourceTon?: number;
  sourceNpi?: number;
  destinationTon?: number;
  destinationNpi?: number;
  concatenation: Concatenation;
  /** Asks for delivery receipts. */
  isReceiptWanted: boolean;
  /**
   * The form of the message id in receipts: as in submit_sm_resp ("same"), decimal when submit_sm_resp has hex ("decimal"),
   * or hex when it has decimal ("hex").
   */
  receiptIds: "same" | "decimal" | "hex";
  /** How many submit_sm may wait for their answers at the same time. */
  windowPdus: number;
  /** The silence after which an enquire_link is sent. */
  enquireSeconds: number;
  /** How long an answer may take; after it the link is closed and opened again. */
  timeoutSeconds: number;
  /** For how long a throttled submission is repeated. */
  throttledSeconds: number;
}

const CHOICES = {
  bind: ["transmitter", "transceiver"],
  concatenation: ["udh", "sar", "payload"],
  receipts: ["no", "yes"],
  "receipt-ids": ["same", "decimal", "hex"],
};
const NUMBERS: { readonly [name: string]: readonly [lowest: number, highest: number] } = {
  "source-ton": [0, 6],
  "source-npi": [0, 18],
  "destination-ton": [0, 6],
  "destination-npi": [0, 18],
  window: [1, 1000],
  enquire: [1, 3600],
  timeout: [1, 600],
  throttled: [1, 600],
};
const TEXTS = ["source", "system-type", "service-type", "ca"];
/** The parameters that the URI takes. */
export const SMPP_PARAMETERS: readonly string[] = [...TEXTS, ...Object.keys(CHOICES), ...Object.keys(NUMBERS)];

/** Whether `uri` has a scheme of SMPP. */
export function isSmpp(to: string): boolean {
  return /^smpps?:/i.test(to);
}

/** Throws an Error that names the part that is wrong. The password may also come from the variable PKG0_SMPP_PASSWORD. */
export function readSmppUri(to: string): SmppOptions {
  if (!isSmpp(to) || !URL.canParse(to))
    throw new Error(`${shownUri(to)}: must be smpp://USER:PASSWORD@HOST:PORT?source=..`);
  const url = new URL(to);
  const isTls = url.protocol === "smpps:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const shown = `${url.protocol}//${url.host}`;
  if (host === "") throw new Error(`${shown}: has no host`);
  if (url.username === "") throw new Error(`${shown}: has no user (the system_id): smpp://USER@HOST:PORT`);
  const parameters = url.searchParams;
  for (const name of parameters.keys()) {
    if (SMPP_PARAMETERS.includes(name)) continue;
    throw new Error(`${shown}: no parameter ${name}; there are ${SMPP_PARAMETERS.join(", ")}`);
  }
  const choice = (name: keyof typeof CHOICES) => {
    const value = parameters.get(name) ?? CHOICES[name][0]!;
    if (!CHOICES[name].includes(value)) throw new Error(`${shown}: ${name} must be ${CHOICES[name].join(" or ")}`);
    return value;
  };
  const number = (name: string, fallback: number) => readNumber(shown, name, parameters.get(name)) ?? fallback;
  const given = (name: string, key: string) => {
    const value = readNumber(shown, name, parameters.get(name));
    return value === undefined ? {} : { [key]: value };
  };
  const systemId = decoded(shown, "the user (system_id)", url.username);
  const password = decoded(shown, "the password", url.password) || (process.env.PKG0_SMPP_PASSWORD ?? "");
  const source = parameters.get("source") ?? "";
  const systemType = parameters.get("system-type") ?? "";
  const serviceType = parameters.get("service-type") ?? "";
  // §4.1 allows 15 characters for the name and 8 for the password; many centres take more
  checkLength(shown, "the user (system_id)", systemId, 64);
  checkLength(shown, "the password", password, 64);
  checkLength(shown, "source", source, 20);
  checkLength(shown, "system-type", systemType, 12);
  checkLength(shown, "service-type", serviceType, 5);
  const isReceiptWanted = choice("receipts") === "yes";
  const ca = parameters.get("ca");
  const bind = parameters.has("bind") ? choice("bind") : isReceiptWanted ? "transceiver" : "transmitter";
  if (isReceiptWanted && bind === "transmitter") throw new Error(`${shown}: receipts come to bind=transceiver only`);
  return {
    host,
    port: Number(url.port || (isTls ? 3550 : 2775)),
    isTls,
    ...(ca !== null && { ca: readCertificates(shown, ca) }),
    systemId,
    password,
    systemType,
    serviceType,
    bind: bind as SmppOptions["bind"],
    source,
    ...given("source-ton", "sourceTon"),
    ...given("source-npi", "sourceNpi"),
    ...given("destination-ton", "destinationTon"),
    ...given("destination-npi", "destinationNpi"),
    concatenation: choice("concatenation") as Concatenation,
    isReceiptWanted,
    receiptIds: choice("receipt-ids") as SmppOptions["receiptIds"],
    windowPdus: number("window", 10),
    enquireSeconds: number("enquire", 30),
    timeoutSeconds: number("timeout", 30),
    throttledSeconds: number("throttled", 60),
  };
}

function readNumber(shown: string, name: string, text: string | null): number | undefined {
  if (text === null) return undefined;
  const [lowest, highest] = NUMBERS[name]!;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= lowest && number <= highest) return number;
  throw new Error(`${shown}: ${name} must be ${lowest} to ${highest}`);
}

/** A part of the URI without its percent signs; it is not quoted in an error, because it may be the password. */
function decoded(shown: string, name: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`${shown}: ${name} has a % that begins no UTF-8; a percent sign is written %25`);
  }
}

function readCertificates(shown: string, path: string): string {
  try {
    return readTextFile(path);
  } catch (error) {
    throw new Error(`${shown}: ca: ${(error as Error).message}`);
  }
}

function checkLength(shown: string, name: string, text: string, highest: number): void {
  // a NUL would end the field, and other characters than ASCII are not defined in it
  if (!/^[\x20-\x7e]*$/.test(text)) throw new Error(`${shown}: ${name} must be ASCII`);
  if (text.length > highest) throw new Error(`${shown}: ${name} has ${text.length} characters, of ${highest} at most`);
}
