#!/usr/bin/env node
/** The command line: `pkg0 decode | encode | explain | send | campaign | listen`. Exit 0 all OK, 1 some message was not, 2 wrong usage. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { DIGEST_INPUTS, type DigestInput } from "../../src/index.ts";
import { bytesOfHex, type Credentials, createDecoder, encode, FieldError, LAYERS, pushOf } from "../codec/index.ts";
import { atForm, kannelForm, type SmsPart, smppForm, smsParts } from "../codec/sms-forms.ts";
import { explain } from "./explain.ts";
import { listen } from "./listen.ts";
import { checkDestination, readOutgoing, send } from "./send.ts";
import { openNumbering } from "./session-ids.ts";
import { readHostPort } from "./udp.ts";

const USAGE = `pkg0: OMA DM notifications (Package #0)

  pkg0 decode [--as auto|push|tpdu|1.3|1.2] [--secret S] [--nonce HEX] [HEX...]
  pkg0 encode --secret S [--nonce HEX] [--state DIR] [--push | --sms [--form FORM]] [--rate] [FIELDS-JSON...]
  pkg0 explain [--as auto|push|tpdu|1.3|1.2] [HEX...]
  pkg0 send --to URI [--secret S] [--nonce HEX] [--state DIR] [FIELDS-JSON | HEX ...]
  pkg0 campaign FILE --to URI --state DIR [--accounts FILE] [--template JSON] [--rate N] [--window N] [--until TIME] [--dry-run]
  pkg0 campaign report DIR [--failed] | campaign retry DIR [--code CODE]
  pkg0 listen --accounts FILE --state DIR [--udp HOST:PORT] [--http HOST:PORT] [--sip HOST:PORT] [--obex HOST:PORT]
              [--register sip:USER@HOST:PORT [--password P]] [--modem DEVICE] [--clock none|system] [--hold]

Without HEX or FIELDS-JSON, one message a line is read from standard input. Answers are one a line.
--secret is the AAuthSecret of the account, --nonce its AAuthData (1.2), --name its AAuthName where the digest uses it
(1.2), --digest-input colons|plain|one-colon what the 1.3 digest is computed over: secret:header:options (colons),
secretheaderoptions or secret:headeroptions. Without it decode tries all three, and digestInput names the one that fits. --tid N is the transaction id of a push.
FIELDS-JSON: {"sessionId":"1234","serverId":"dm.example.com","requestedMo":[1]}, and where they differ from the default
initiator, uiMode, transport, timeout (minutes), timestamp, targetedMo, preferredBearer, connectReason, vendorInfo or
vendorInfoHex; "format":"1.2" with version and vendorBody for DM 1.2. With --state DIR no sessionId is needed: DIR keeps the
ids that are still valid for each serverId, and no other notification gets one of them.
decode puts the parts of concatenated short messages together; a part that leaves its message unfinished answers MORE.
encode --sms prints {"udh","data"} for each short message, or with --form kannel the parameters of its sendsms, with smpp
the fields of submit_sm, with at (and --number) length and PDU of AT+CMGS; --reference N is what the parts share. --rate
tells on standard error how fast it went, and the memory that it took.
send's URI: udp://HOST:PORT, sip:USER@HOST:PORT, http://HOST:PORT/PATH, obex://HOST:PORT, modem:DEVICE (and --number),
smpp://USER:PASSWORD@HOST:PORT?source=.. (and --number; smpps: by TLS), kannel+http://HOST:PORT/cgi-bin/sendsms?username=..,
pap+http://GATEWAY/PATH?address=WAPPUSH=..; HEX is a Package #0 or a push PDU.
listen's FILE is a JSON array of DMAccs: [{"serverId":"dm.example.com","appAuth":[{"aauthLevel":"NOTICRED",
"aauthSecret":"secret"}]}]. It prints one JSON object for each event; DIR keeps what must outlast a restart.
--clock system refuses what is older than its TIMEOUT; none (as on a board without a clock) plays old captures too.
Exit: 0 all OK, 1 some message was not, 2 wrong usage.
`;

class UsageError extends Error {}

const CREDENTIALS = {
  secret: { type: "string" },
  nonce: { type: "string" },
  name: { type: "string" },
  "digest-input": { type: "string" },
} as const;

const COMMANDS: { readonly [name: string]: (args: string[]) => Promise<number> } = {
  async decode(args) {
    const { values, positionals } = parse(args, { ...CREDENTIALS, as: { type: "string", default: "auto" } });
    const as = choice("as", values.as!, LAYERS);
    const decoder = createDecoder(as, credentialsOf(values));
    const code = await forEachMessage(positionals, hex => {
      const decoded = decoder.decodeHex(hex);
      print(JSON.stringify(decoded));
      return decoded.status === "MORE" || (decoded.status === "OK" && decoded.digestValid !== false);
    });
    return decoder.waiting() > 0 ? 1 : code;
  },

  async encode(args) {
    const { values, positionals } = parse(args, {
      ...CREDENTIALS,
      push: { type: "boolean" },
      sms: { type: "boolean" },
      form: { type: "string", default: "parts" },
      number: { type: "string" },
      reference: { type: "string" },
      tid: { type: "string" },
      rate: { type: "boolean" },
      state: { type: "string" },
    });
    const credentials = credentialsOf(values);
    if (credentials === undefined) throw new UsageError("encode needs --secret");
    if (values.push && values.sms) throw new UsageError("either --push or --sms");
    const form = formOf(values.form!, values.number);
    const reference = numberOf("reference", values.reference, 255, Math.floor(Math.random() * 256));
    const tid = numberOf("tid", values.tid, 255, 1);
    const numbering = await openNumbering(values.state, warn);
    const start = performance.now();
    let count = 0;
    const code = await forEachMessage(positionals, text => {
      count++;
      try {
        const { bytes, contentType } = encode(numbering.number(JSON.parse(text)), credentials);
        if (values.sms) {
          for (const part of smsParts(pushOf(bytes, contentType, tid), { reference })) print(form(part));
        } else print(Buffer.from(values.push ? pushOf(bytes, contentType, tid) : bytes).toString("hex"));
        return true;
      } catch (error) {
        print(JSON.stringify(refusal(error)));
        return false;
      }
    });
    numbering.close();
    const seconds = (performance.now() - start) / 1000;
    const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
    const rate = `${count} messages in ${seconds.toFixed(1)} s, ${Math.round(count / seconds)} a second, ${megabytes} MB`;
    if (values.rate) process.stderr.write(`${rate}\n`);
    return code;
  },

  async explain(args) {
    const { values, positionals } = parse(args, { as: { type: "string", default: "auto" } });
    const as = choice("as", values.as!, LAYERS);
    return forEachMessage(positionals, hex => {
      const bytes = bytesOfHex(hex);
      if (typeof bytes === "number") {
        print(`NOT_HEX at byte ${bytes}: not pairs of hex digits`);
        return false;
      }
      const { lines, isGood } = explain(bytes, as);
      print(lines.join("\n"));
      return isGood;
    });
  },

  async send(args) {
    const { values, positionals } = parse(args, {
      ...CREDENTIALS,
      to: { type: "string" },
      number: { type: "string" },
      tid: { type: "string" },
      state: { type: "string" },
    });
    const { to, number } = values;
    if (to === undefined) throw new UsageError("send needs --to");
    usage(() => checkDestination(to, number));
    const credentials = credentialsOf(values);
    const tid = numberOf("tid", values.tid, 255, 1);
    const numbering = await openNumbering(values.state, warn);
    const code = await forEachMessage(positionals, async text => {
      const message = usage(() => readOutgoing(text, credentials, numbering.number));
      const { isTaken, answer } = await send(to, message, { tid, ...(number !== undefined && { number }) });
      print(JSON.stringify(answer));
      return isTaken;
    });
    numbering.close();
    return code;
  },

  async campaign(args) {
    const { CAMPAIGN_OPTIONS, readCampaign } = await import("./campaign/command.ts");
    const { values, positionals } = parse(args, CAMPAIGN_OPTIONS);
    return await usage(() => readCampaign(values, positionals))();
  },

  async listen(args) {
    const { values, positionals } = parse(args, {
      accounts: { type: "string" },
      state: { type: "string" },
      udp: { type: "string", multiple: true },
      http: { type: "string", multiple: true },
      sip: { type: "string", multiple: true },
      register: { type: "string" },
      password: { type: "string" },
      obex: { type: "string", multiple: true },
      modem: { type: "string", multiple: true },
      clock: { type: "string", default: "none" },
      hold: { type: "boolean" },
    });
    const { register, password } = values;
    const { accounts, state, udp = [], http = [], sip = [], obex = [], modem = [] } = values;
    if (positionals.length > 0) throw new UsageError(`listen takes no ${positionals[0]}`);
    if (accounts === undefined || state === undefined) throw new UsageError("listen needs --accounts and --state");
    if ([udp, http, sip, obex, modem].flat().length === 0) {
      throw new UsageError("listen needs something to listen on, such as --udp HOST:PORT");
    }
    usage(() => [...udp, ...http, ...sip, ...obex].forEach(readHostPort));
    // before the first event: who reads that something listens may end it at once
    const ended = new Promise<undefined>(resolve => {
      process.once("SIGTERM", () => resolve(undefined));
      process.once("SIGINT", () => resolve(undefined));
    });
    const opening = listen({
      accounts,
      state,
      ...{ udp, http, sip, obex, modem },
      ...(register !== undefined && { register }),
      ...(password !== undefined && { password }),
      hasClock: choice("clock", values.clock!, ["none", "system"]) === "system",
      hold: values.hold ?? false,
      print: event => print(JSON.stringify(event)),
    });
    const close = await Promise.race([opening, ended]);
    if (close === undefined) process.exit(0); // still opening; what is saved can be cut off anywhere
    await ended;
    await close();
    return 0;
  },
};

/** Runs a command; resolves to the exit code. */
export async function main(args: string[]): Promise<number> {
  const name = args[0] ?? "--help";
  if (name === "--help" || name === "-h" || name === "help") {
    print(USAGE.trimEnd());
    return args.length === 0 ? 2 : 0;
  }
  try {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined) throw new UsageError(`no command ${name}`);
    return await command(args.slice(1));
  } catch (error) {
    process.stderr.write(`pkg0: ${(error as Error).message}\n`);
    if (!(error instanceof UsageError)) return 1;
    process.stderr.write("pkg0 --help shows how it is used\n");
    return 2;
  }
}

function parse<T extends NonNullable<ParseArgsConfig["options"]>>(args: string[], options: T) {
  return usage(() => parseArgs({ args, options, allowPositionals: true }));
}

/** `run()`, whose errors are the user's. */
function usage<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function choice<T extends string>(name: string, value: string, words: readonly T[]): T {
  if (!words.includes(value as T)) throw new UsageError(`--${name} has to be one of ${words.join(", ")}`);
  return value as T;
}

function numberOf(name: string, text: string | undefined, highest: number, fallback: number): number {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > highest) throw new UsageError(`--${name} has to be 0 to ${highest}`);
  return number;
}

/** How encode prints a short message. */
function formOf(form: string, number: string | undefined): (part: SmsPart) => string {
  choice("form", form, ["parts", "kannel", "smpp", "at"]);
  if (form === "kannel") return kannelForm;
  if (form === "smpp") return part => JSON.stringify(smppForm(part));
  if (form === "parts") return part => JSON.stringify(part);
  if (number === undefined) throw new UsageError("--form at needs --number");
  usage(() => atForm(number, { udh: "", data: "00" }));
  return part => JSON.stringify(atForm(number, part));
}

function credentialsOf(values: { [name: string]: string | boolean | string[] | undefined }): Credentials | undefined {
  const { secret, nonce, name } = values;
  const digestInput = values["digest-input"] as string | undefined;
  if (digestInput !== undefined) choice("digest-input", digestInput, DIGEST_INPUTS);
  if (typeof secret !== "string") return undefined;
  const nonceBytes = typeof nonce === "string" ? bytesOfHex(nonce) : new Uint8Array(0);
  if (typeof nonceBytes === "number") throw new UsageError("--nonce has to be hex");
  return {
    secret,
    nonce: nonceBytes,
    ...(typeof name === "string" && { name }),
    ...(digestInput !== undefined && { digestInput: digestInput as DigestInput }),
  };
}

/** What encode answers for fields that it cannot take; other errors are thrown on. */
function refusal(error: unknown): object {
  if (error instanceof SyntaxError) return { status: "NOT_JSON", meaning: error.message };
  if (!(error instanceof FieldError)) throw error;
  return { status: error.status, ...(error.field !== undefined && { field: error.field }), meaning: error.message };
}

/** Each argument, or each line of standard input that is not empty; 0 when `take` said true to all. */
async function forEachMessage(
  positionals: string[],
  take: (text: string) => boolean | Promise<boolean>,
): Promise<number> {
  let isGood = true;
  for (const text of positionals) if (!(await take(text))) isGood = false;
  if (positionals.length > 0) return isGood ? 0 : 1;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== "" && !(await take(line))) isGood = false;
    if (process.stdout.writableNeedDrain) await once(process.stdout, "drain"); // a slow reader of ours is waited for
  }
  return isGood ? 0 : 1;
}

function warn(message: string): void {
  process.stderr.write(`pkg0: warning: ${message}\n`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

// the reader of a pipe has gone, which is its right; anything else, such as a full disk, has lost answers
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
process.exitCode = await main(process.argv.slice(2));
