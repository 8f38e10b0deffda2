/** `pkg0 listen`. */
import { listen as openAll } from "../listen.ts";
import { readHostPort } from "../udp.ts";
import { command, UsageError } from "./command.ts";
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
    password: { kind: "text", value: "PASSWORD", about: "for the registrar's challenge", needs: ["register"] },
    clock: {
      kind: "choice",
      words: ["none", "system"],
      default: "none",
      about:
        "system refuses what is older than its TIMEOUT; none, as on a board without a clock, plays old captures too",
    },
    hold: { kind: "flag", about: "leave sessions pending, to try a reset" },
  },
  notes: [
    'FILE: [{"serverId":"dm.example.com","appAuth":[{"aauthLevel":"NOTICRED","aauthSecret":"secret"}]}]',
    "Events are printed as JSON, one a line. It ends by SIGINT or SIGTERM.",
  ],
  examples: ["pkg0 listen --accounts accounts.json --state dir --udp 127.0.0.1:2948 --http 127.0.0.1:4035"],
  async run(values) {
    const { accounts, state, udp, http, sip, obex, modem, register, password } = values;
    if (accounts === undefined || state === undefined) throw new UsageError("needs --accounts and --state");
    if ([udp, http, sip, obex, modem].flat().length === 0) {
      throw new UsageError("needs something to listen on, such as --udp HOST:PORT");
    }
    try {
      for (const where of [...udp, ...http, ...sip, ...obex]) readHostPort(where);
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
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
