/** `pkg0 listen`. */
import { listen as openAll } from "../listen.ts";
import { checkRegistration } from "../sip-account.ts";
import { readHostPort } from "../udp.ts";
import { command, UsageError } from "./command.ts";
import { secretOf } from "./credentials.ts";
import { printJson } from "./output.ts";

export const listen = command({
  about: "a device on a desk: what arrives, the verdict on it, and the sessions that it starts",
  options: {
    accounts: { kind: "text", value: "FILE", about: "JSON array of DMAccs" },
    state: { kind: "text", value: "DIR", about: "what must outlast a restart" },
    udp: { kind: "texts", value: "HOST:PORT", about: "WAP Push over UDP (§7.1)" },
    http: { kind: "texts", value: "HOST:PORT", about: "HTTP Push (§7.4)" },
    sip: { kind: "texts", value: "HOST:PORT", about: "SIP Push (§7.3)" },
    obex: { kind: "texts", value: "HOST:PORT", about: "OBEX (§7.2)" },
    modem: { kind: "texts", value: "DEVICE", about: "SMS by an AT modem: a tty, a COM port or tcp://HOST:PORT" },
    register: { kind: "text", value: "sip:USER@HOST:PORT", about: "where the SIP listener registers", needs: ["sip"] },
    password: {
      kind: "text",
      value: "PASSWORD",
      about: "for the registrar's challenge; - for standard input. Others can see arguments: better PKG0_PASSWORD, or",
      needs: ["register"],
    },
    "password-file": { kind: "text", value: "FILE", about: "a file that has the password in it", needs: ["register"] },
    "sip-contact": {
      kind: "text",
      value: "HOST:PORT",
      about: "where the registrar is told to find this device; by default its address on the route there",
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
      about: "print so many rejected messages a minute, and then how many more there were; by default all",
    },
    hold: { kind: "flag", about: "leave sessions pending, to try a reset" },
  },
  notes: [
    'FILE: [{"serverId":"dm.example.com","appAuth":[{"aauthLevel":"NOTICRED","aauthSecret":"secret"}]}]',
    "Events are printed as JSON, one a line. It ends by SIGINT or SIGTERM.",
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
    const password = secretOf("password", values.password, values["password-file"]);
    // before the first event: who reads that something listens may end it at once
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
      ...(register !== undefined && { register }),
      ...(password !== undefined && { password }),
      ...(sipContact !== undefined && { sipContact }),
      ...(rejectsPerMinute !== undefined && { rejectsPerMinute }),
      hasClock: values.clock === "system",
      hold: values.hold,
      print: printJson,
    });
    const close = await Promise.race([opening, ended]);
    if (close === undefined) process.exit(0); // still opening; what is saved can be cut off anywhere
    await ended;
    await close();
    return 0;
  },
});
