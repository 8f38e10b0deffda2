/** The command line: `pkg0 decode | encode | explain | send | listen`. Exit 0 all OK, 1 some message was not, 2 wrong usage. */
import { createInterface } from "node:readline";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { explain } from "./explain.ts";
import { bytesOfHex, FieldError } from "./fields.ts";
import { listen } from "./listen.ts";
import { type Credentials, decodeHex, encode, LAYERS, pushOf } from "./messages.ts";
import { readOutgoing, send } from "./send.ts";

const USAGE = `pkg0: OMA DM notifications (Package #0)

  pkg0 decode [--as auto|push|1.3|1.2] [--secret S] [--nonce HEX] [HEX...]
  pkg0 encode --secret S [--nonce HEX] [--push] [--tid N] [FIELDS-JSON...]
  pkg0 explain [--as auto|push|1.3|1.2] HEX
  pkg0 send --to udp://HOST:PORT [--secret S] [--nonce HEX] [--tid N] FIELDS-JSON | HEX
  pkg0 listen --accounts FILE --state DIR [--udp HOST:PORT] [--clock none|system] [--hold]

Without HEX or FIELDS-JSON, decode and encode read one message a line from standard input; answers are one a line.
--secret is the AAuthSecret of the account, --nonce its AAuthData (1.2), --name its AAuthName where the digest uses it
(1.2), --digest-input colons|plain what the 1.3 digest is computed over (colons).
FIELDS-JSON: {"sessionId":"1234","serverId":"dm.example.com","requestedMo":[1]}, and where they differ from the default
initiator, uiMode, transport, timeout (minutes), timestamp, targetedMo, preferredBearer, connectReason, vendorInfo or
vendorInfoHex; "format":"1.2" with version and vendorBody for DM 1.2.
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
    const credentials = credentialsOf(values);
    return forEachMessage(positionals, hex => {
      const decoded = decodeHex(hex, as, credentials);
      print(JSON.stringify(decoded));
      return decoded.status === "OK" && decoded.digestValid !== false;
    });
  },

  async encode(args) {
    const { values, positionals } = parse(args, { ...CREDENTIALS, push: { type: "boolean" }, tid: { type: "string" } });
    const credentials = credentialsOf(values);
    if (credentials === undefined) throw new UsageError("encode needs --secret");
    const tid = tidOf(values.tid);
    return forEachMessage(positionals, text => {
      try {
        const { bytes, contentType } = encode(JSON.parse(text), credentials);
        print(Buffer.from(values.push ? pushOf(bytes, contentType, tid) : bytes).toString("hex"));
        return true;
      } catch (error) {
        print(JSON.stringify(refusal(error)));
        return false;
      }
    });
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
    const options = { ...CREDENTIALS, to: { type: "string" }, tid: { type: "string" } } as const;
    const { values, positionals } = parse(args, options);
    const to = values.to;
    if (to === undefined || positionals.length !== 1) throw new UsageError("send needs --to and one message");
    const message = usage(() => readOutgoing(positionals[0]!, credentialsOf(values)));
    print(JSON.stringify(await send(to, message, tidOf(values.tid))));
    return 0;
  },

  async listen(args) {
    const { values, positionals } = parse(args, {
      accounts: { type: "string" },
      state: { type: "string" },
      udp: { type: "string", multiple: true },
      clock: { type: "string", default: "none" },
      hold: { type: "boolean" },
    });
    const { accounts, state } = values;
    if (positionals.length > 0) throw new UsageError(`listen takes no ${positionals[0]}`);
    if (accounts === undefined || state === undefined) throw new UsageError("listen needs --accounts and --state");
    if (values.udp === undefined) throw new UsageError("listen needs something to listen on: --udp HOST:PORT");
    const close = await listen({
      accounts,
      state,
      udp: values.udp,
      hasClock: choice("clock", values.clock!, ["none", "system"]) === "system",
      hold: values.hold ?? false,
      print: event => print(JSON.stringify(event)),
    });
    await new Promise(resolve => {
      process.once("SIGTERM", resolve);
      process.once("SIGINT", resolve);
    });
    close();
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

function choice(name: string, value: string, words: readonly string[]): string {
  if (!words.includes(value)) throw new UsageError(`--${name} has to be one of ${words.join(", ")}`);
  return value;
}

function tidOf(text: string | undefined): number {
  const tid = Number(text ?? "1");
  if (!Number.isInteger(tid) || tid < 0 || tid > 255) throw new UsageError("--tid has to be 0 to 255");
  return tid;
}

function credentialsOf(values: { [name: string]: string | boolean | string[] | undefined }): Credentials | undefined {
  const { secret, nonce, name } = values;
  const digestInput = choice("digest-input", (values["digest-input"] as string) ?? "colons", ["colons", "plain"]);
  if (typeof secret !== "string") return undefined;
  const nonceBytes = typeof nonce === "string" ? bytesOfHex(nonce) : new Uint8Array(0);
  if (typeof nonceBytes === "number") throw new UsageError("--nonce has to be hex");
  return {
    secret,
    nonce: nonceBytes,
    ...(typeof name === "string" && { name }),
    digestInput: digestInput as "colons" | "plain",
  };
}

/** What encode answers for fields that it cannot take; other errors are thrown on. */
function refusal(error: unknown): object {
  if (error instanceof SyntaxError) return { status: "NOT_JSON", meaning: error.message };
  if (!(error instanceof FieldError)) throw error;
  return { status: error.status, ...(error.field !== undefined && { field: error.field }), meaning: error.message };
}

/** Each argument, or each line of standard input that is not empty; 0 when `take` said true to all. */
async function forEachMessage(positionals: string[], take: (text: string) => boolean): Promise<number> {
  let isGood = true;
  for (const text of positionals) if (!take(text)) isGood = false;
  if (positionals.length > 0) return isGood ? 0 : 1;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== "" && !take(line)) isGood = false;
  }
  return isGood ? 0 : 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.stdout.on("error", () => process.exit(0)); // the reader of a pipe has gone
process.exitCode = await main(process.argv.slice(2));
