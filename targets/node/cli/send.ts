/** `pkg0 send`. */
import { encode, FieldError } from "../../codec/index.ts";
import type { HostCode } from "../codes.ts";
import { openNumbering } from "../numbering.ts";
import { checkDestination, isNumbered, type Outgoing, readOutgoing, send as sendOne } from "../send.ts";
import { type Entry, idOf, readEntry, refuse, signerOf, warnOfBounds } from "./batch.ts";
import { command, UsageError } from "./command.ts";
import { CREDENTIALS, credentialsOf } from "./credentials.ts";
import { FIELDS_NOTES, TEXT_RULES, textRulesOf } from "./fields-help.ts";
import { forEachLine, type InputPlace } from "./lines.ts";
import { complain, printJson, warn } from "./output.ts";

export const send = command({
  about: "notifications over the air: UDP, SIP, HTTP, OBEX, a push gateway, a modem",
  takes: "[FIELDS-JSON | HEX ...]",
  options: {
    to: { kind: "text", value: "URI", about: "the destination; see below" },
    number: { kind: "text", value: "NUMBER", about: "the number that a short message goes to, such as +447700900123" },
    ...CREDENTIALS,
    ...TEXT_RULES,
    tid: { kind: "number", min: 0, max: 255, default: 1, about: "transaction id of the push" },
    target: {
      kind: "choice",
      words: ["SYNCML-DM"],
      about: "obex: connect to the DM client by its Target, not to the inbox",
    },
    unchecked: { kind: "flag", about: "also send HEX that encode would not make" },
    state: { kind: "text", value: "DIR", about: "give out session ids, and remember them in DIR (§6.4.8)" },
  },
  notes: [
    [
      "URI:",
      "  udp://HOST:PORT                 WAP Push to port 2948 of an IP device (§7.1)",
      "  sip:USER@HOST:PORT              MESSAGE (§7.3)",
      "  http://HOST:PORT/PATH           POST (§7.4)",
      "  obex://HOST:PORT                PUT (§7.2)",
      "  pap+http://GATEWAY/PATH?address=WAPPUSH=...   to a push gateway",
      "  smpp://USER:PASSWORD@HOST:PORT?source=...     to an SMS centre, with --number; smpps: by TLS",
      "  kannel+http://HOST:PORT/cgi-bin/sendsms?username=...   to Kannel, with --number",
      "  modem:DEVICE                    SMS, with --number; DEVICE is a tty, a COM port or tcp://HOST:PORT",
    ].join("\n"),
    "HEX is a Package #0 or a push. One that a server must not send is refused, unless --unchecked.",
    ...FIELDS_NOTES,
    "A message that cannot be sent is told on standard error, with its place or id, and the others go on; then the exit code is 1.",
  ],
  examples: [
    'pkg0 send --to udp://192.0.2.7:2948 --secret secret \'{"sessionId":"1234","serverId":"dm.example.com","requestedMo":[1]}\'',
    "pkg0 send --to modem:/dev/ttyUSB2 --number +447700900123 000603d8af87...",
    "pkg0 send --to sip:device@192.0.2.7:5060 --secret secret --state ids < campaign.jsonl",
  ],
  async run(values, positionals) {
    const { to, number, tid } = values;
    if (to === undefined) throw new UsageError("needs --to");
    usage(() => checkDestination(to));
    const isDirected = values.target !== undefined;
    if (isDirected && !/^obex:/i.test(to)) throw new UsageError("--target is for obex://");
    const credentials = credentialsOf(values, positionals.length === 0);
    const rules = textRulesOf(values);
    const numbering = await openNumbering(values.state, warn, rules);

    function messageOf(text: string): { message: Outgoing; entry?: Entry } {
      if (!text.trimStart().startsWith("{")) return { message: readOutgoing(text, !values.unchecked) };
      const entry = readEntry(text, credentials);
      const signer = signerOf(entry); // before a session id is given out
      return { entry, message: encode(numbering.number(entry.fields), signer, rules) };
    }

    const code = await forEachLine(positionals, async (text, place) => {
      let id = idOf(text);
      try {
        const { message, entry } = messageOf(text);
        id = entry?.id ?? id;
        const whom = entry?.number ?? number;
        if (whom === undefined && isNumbered(to)) throw numberMissing(entry);
        warnOfBounds(message, isNumbered(to), place);
        const { isTaken, answer } = await sendOne(to, message, {
          ...{ tid, isDirected },
          ...(whom !== undefined && { number: whom }),
        });
        printJson({ ...(id !== undefined && { id }), ...answer });
        return isTaken;
      } catch (error) {
        if (error instanceof UsageError) throw error;
        return error instanceof FieldError ? refuse(error, place, id) : refuseSending(error as Error, place, id);
      }
    });
    numbering.close();
    return code;
  },
});

/** A line of fields can bring its own number; HEX has none. */
function numberMissing(entry: Entry | undefined): Error {
  if (entry === undefined) return new UsageError("a short message needs --number");
  return new FieldError("FIELD_TYPE", "number", "is missing: a short message needs it, or --number");
}

function refuseSending(error: Error, place: InputPlace, id: string | number | undefined): false {
  complain({ place, ...(id !== undefined && { id }), status: "NOT_SENT" satisfies HostCode, meaning: error.message });
  return false;
}

/** Calls `run()`, and turns its errors into a UsageError. */
function usage<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
