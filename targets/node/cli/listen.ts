/** `pkg0 listen`. */
import { createInterface } from "node:readline";
import { type Controls, createControls, type DeskBounds, type DeskUser, readBearers } from "../desk.ts";
import { listen as openAll } from "../listen.ts";
import { checkRegistration } from "../sip-account.ts";
import { readHostPort } from "../udp.ts";
import { command, UsageError } from "./command.ts";
import { secretOf } from "./credentials.ts";
import { printJson, warn } from "./output.ts";
import { RULES, rulesOf } from "./rules.ts";

const SECONDS = { kind: "number", min: 1, max: 86_400, unit: "s", needs: ["modem"] } as const;

export const listen = command({
  about: "a simulated device: prints each message, its verdict, and the sessions that it starts",
  options: {
    accounts: { kind: "text", value: "FILE", about: "JSON array of DMAccs" },
    state: { kind: "text", value: "DIR", about: "the directory of the records, which outlast a restart" },
    udp: { kind: "texts", value: "HOST:PORT", about: "WAP Push over UDP (§7.1)" },
    http: { kind: "texts", value: "HOST:PORT", about: "HTTP Push (§7.4)" },
    sip: { kind: "texts", value: "HOST:PORT", about: "SIP Push (§7.3)" },
    obex: { kind: "texts", value: "HOST:PORT", about: "OBEX (§7.2)" },
    modem: { kind: "texts", value: "DEVICE", about: "SMS by an AT modem: a tty, a COM port or tcp://HOST:PORT" },
    "answer-seconds": {
      ...SECONDS,
      about: "how long a modem's answer may take, 10; it is doubled when an answer comes too late",
    },
    "list-seconds": { ...SECONDS, about: "how long a list of messages may take to begin, and between two of them: 30" },
    "poll-seconds": { ...SECONDS, about: "how often unread messages are listed, announced or not: 60" },
    "sweep-seconds": { ...SECONDS, about: "how often a modem is set up anew, and all messages are listed: 3600" },
    register: { kind: "text", value: "sip:USER@HOST:PORT", about: "the registrar of the SIP listener", needs: ["sip"] },
    password: {
      kind: "text",
      value: "PASSWORD",
      about:
        "for the registrar's challenge; - reads it from standard input. Other users see arguments, but not PKG0_PASSWORD or --password-file",
      needs: ["register"],
    },
    "password-file": { kind: "text", value: "FILE", about: "a file with the password", needs: ["register"] },
    "sip-contact": {
      kind: "text",
      value: "HOST:PORT",
      about: "the address of this device for the registrar; by default its address on the route there",
      needs: ["register"],
    },
    clock: {
      kind: "choice",
      words: ["none", "system"],
      default: "none",
      about:
        "system refuses what is older than its TIMEOUT; none, as on a board without a clock, plays old captures too",
    },
    "quiet-rejects": {
      kind: "number",
      min: 0,
      max: 1_000_000,
      unit: "a minute",
      about: "print at most N rejected messages a minute, and then the number of the others; by default all",
    },
    hold: { kind: "flag", about: "leave sessions pending, to try a reset" },
    board: { kind: "flag", about: "use the default bounds of a board, which are narrower" },
    ui: {
      kind: "choice",
      words: ["none", "inform", "ask"],
      default: "none",
      about: "the user (UIM, §6.4.4): none, one who is informed, or one who is asked",
    },
    bearers: {
      kind: "text",
      value: "LIST",
      about: "bearers that can carry a session, such as 6,8 (§6.5.6); all when absent",
    },
    ...RULES,
    "remembered-max": {
      kind: "number",
      min: 1,
      max: 65535,
      about: "notifications remembered of an account; 1024, a board 8",
    },
    "pending-max": {
      kind: "number",
      min: 1,
      max: 65535,
      about: "sessions of an account that wait or run; 1024, a board 4",
    },
    "pending-bytes": {
      kind: "number",
      min: 1,
      max: 1 << 26,
      about: "bytes of Package #0 of all these sessions; 67108864, a board 2048",
    },
    "digest-burst": { kind: "number", min: 0, max: 65535, about: "digests at once; 0 no limit, a board 10" },
    "digests-per-minute": { kind: "number", min: 0, max: 65535, about: "digests a minute after a burst; 6" },
    parts: { kind: "number", min: 1, max: 255, about: "parts of short messages held at once; 255, a board 8" },
  },
  notes: [
    'FILE: [{"serverId":"dm.example.com","appAuth":[{"aauthLevel":"NOTICRED","aauthSecret":"secret"}]}]',
    "Events are printed as JSON, one a line, each with its time, and with the message in hex. It ends by SIGINT or SIGTERM.",
    "With --ui ask or --bearers, lines of standard input change what is so: yes or no (and a SESSIONID) answers a question, bearers 6,8 says which bearers there are from now on.",
  ],
  examples: ["pkg0 listen --accounts accounts.json --state dir --udp 127.0.0.1:2948 --http 127.0.0.1:4035"],
  async run(values) {
    const { accounts, state, udp, http, sip, obex, modem, register } = values;
    const sipContact = values["sip-contact"];
    const rejectsPerMinute = values["quiet-rejects"];
    if (accounts === undefined || state === undefined) throw new UsageError("needs --accounts and --state");
    if ([udp, http, sip, obex, modem].flat().length === 0) {
      throw new UsageError("needs something to listen on, such as --udp HOST:PORT");
    }
    try {
      for (const where of [...udp, ...http, ...sip, ...obex]) readHostPort(where);
      checkRegistration(register, sipContact);
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
    const controls = controlsOf(values.ui, values.bearers);
    const password = secretOf("password", values.password, values["password-file"]);
    // before the first event: a program that reads it may end this process at once
    const ended = new Promise<undefined>(resolve => {
      process.once("SIGTERM", () => resolve(undefined));
      process.once("SIGINT", () => resolve(undefined));
    });
    const opening = openAll({
      accounts,
      state,
      udp: [...udp],
      http: [...http],
      sip: [...sip],
      obex: [...obex],
      modem: [...modem],
      modemSeconds: {
        ...(values["answer-seconds"] !== undefined && { answerSeconds: values["answer-seconds"] }),
        ...(values["list-seconds"] !== undefined && { listSeconds: values["list-seconds"] }),
        ...(values["poll-seconds"] !== undefined && { pollSeconds: values["poll-seconds"] }),
        ...(values["sweep-seconds"] !== undefined && { sweepSeconds: values["sweep-seconds"] }),
      },
      ...(register !== undefined && { register }),
      ...(password !== undefined && { password }),
      ...(sipContact !== undefined && { sipContact }),
      ...(rejectsPerMinute !== undefined && { rejectsPerMinute }),
      hasClock: values.clock === "system",
      hold: values.hold,
      isBoard: values.board,
      bounds: deskBoundsOf(values),
      controls,
      print: printJson,
    });
    const close = await Promise.race([opening, ended]);
    if (close === undefined) process.exit(0); // still opening: ending at once is safe, because a save can be cut off anywhere
    if (values.ui === "ask" || values.bearers !== undefined) takeLines(controls);
    await ended;
    await close();
    return 0;
  },
});

function controlsOf(ui: DeskUser, bearers: string | undefined): Controls {
  try {
    return createControls(ui, bearers === undefined ? undefined : readBearers(bearers));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function deskBoundsOf(
  values: Parameters<typeof rulesOf>[0] & {
    "remembered-max": number | undefined;
    "pending-max": number | undefined;
    "pending-bytes": number | undefined;
    "digest-burst": number | undefined;
    "digests-per-minute": number | undefined;
    parts: number | undefined;
  },
): DeskBounds {
  const own = {
    rememberedMax: values["remembered-max"],
    pendingMax: values["pending-max"],
    pendingBytes: values["pending-bytes"],
    digestBurst: values["digest-burst"],
    digestsPerMinute: values["digests-per-minute"],
    parts: values.parts,
  };
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { ...rulesOf(values), ...given };
}

/** Yields the lines of standard input until it ends. */
function takeLines(controls: Controls): void {
  const lines = createInterface({ input: process.stdin });
  process.stdin.unref?.();
  lines.on("line", line => {
    if (line.trim() === "") return;
    try {
      controls.tell(line);
    } catch (error) {
      warn((error as Error).message);
    }
  });
}
