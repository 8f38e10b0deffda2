/** `pkg0 encode`. */
import { type Encoded, encode as encodeFields, FieldError, pushOf } from "../../codec/index.ts";
import { atForm, kannelForm, type SmsPart, smppForm, smsParts } from "../../codec/sms-forms.ts";
import { openNumbering } from "../numbering.ts";
import { type Entry, idOf, readEntry, refuse, signerOf, warnOfBounds } from "./batch.ts";
import { command, UsageError } from "./command.ts";
import { CREDENTIALS, credentialsOf } from "./credentials.ts";
import { FIELDS_NOTES, TEXT_RULES, textRulesOf } from "./fields-help.ts";
import { forEachLine } from "./lines.ts";
import { print, printJson, warn } from "./output.ts";

const FORMS = ["parts", "kannel", "smpp", "at"] as const;

export const encode = command({
  about: "signed notifications from JSON, one line of hex each",
  takes: "[FIELDS-JSON...]",
  options: {
    ...CREDENTIALS,
    ...TEXT_RULES,
    push: { kind: "flag", about: "put each in a WSP push (§7.1), as UDP carries it" },
    sms: { kind: "flag", about: "print the short messages that carry the push" },
    form: { kind: "choice", words: FORMS, default: "parts", about: "how short messages are printed", needs: ["sms"] },
    number: {
      kind: "text",
      value: "NUMBER",
      about: "the number to send to, for --form at, such as +447700900123",
      needs: ["form=at"],
    },
    reference: {
      kind: "number",
      min: 0,
      max: 255,
      about: "the reference that all parts share; random when absent",
      needs: ["sms"],
    },
    tid: { kind: "number", min: 0, max: 255, default: 1, about: "transaction id of the push", needs: ["push", "sms"] },
    state: { kind: "text", value: "DIR", about: "give out session ids, and remember them in DIR (§6.4.8)" },
    rate: { kind: "flag", about: "print the speed and the memory used on standard error" },
  },
  notes: [
    ...FIELDS_NOTES,
    'Forms: parts is {"udh","data"} for each short message, kannel the parameters of its sendsms, smpp the fields of submit_sm, at length and PDU of AT+CMGS.',
    "A line that cannot be sent is told on standard error, with its place or id, and the others go on; then the exit code is 1.",
  ],
  examples: [
    'pkg0 encode --secret secret \'{"sessionId":"1234","serverId":"dm.example.com","requestedMo":[1]}\'',
    "pkg0 encode --secret secret --sms --form at --number +447700900123 < fields.json",
    "pkg0 encode --secret secret --state ids --push < campaign.jsonl",
  ],
  async run(values, positionals) {
    if (values.push && values.sms) throw new UsageError("either --push or --sms");
    const credentials = credentialsOf(values, positionals.length === 0);
    const rules = textRulesOf(values);
    const numbering = await openNumbering(values.state, warn, rules);
    const reference = values.reference ?? Math.floor(Math.random() * 256);
    const start = performance.now();
    let count = 0;

    function printAll(entry: Entry, { bytes, contentType }: Encoded): void {
      const { id } = entry;
      if (!values.sms) {
        const hex = Buffer.from(values.push ? pushOf(bytes, contentType, values.tid) : bytes).toString("hex");
        if (id === undefined) print(hex);
        else printJson({ id, hex });
        return;
      }
      const parts = smsParts(pushOf(bytes, contentType, values.tid), { reference });
      for (const part of parts) printPart(formOf(values.form, part, entry.number ?? values.number), id);
    }

    const code = await forEachLine(positionals, (text, place) => {
      count++;
      try {
        const entry = readEntry(text, credentials);
        const signer = signerOf(entry);
        const encoded = encodeFields(numbering.number(entry.fields), signer, rules);
        warnOfBounds(encoded, values.sms, place);
        printAll(entry, encoded);
        return true;
      } catch (error) {
        return refuse(error, place, idOf(text));
      }
    });
    numbering.close();
    if (values.rate) tellRate(count, (performance.now() - start) / 1000);
    return code;
  },
});

/** One short message as a text or JSON. */
function formOf(form: (typeof FORMS)[number], part: SmsPart, number: string | undefined): string | object {
  if (form === "kannel") return kannelForm(part);
  if (form === "smpp") return smppForm(part);
  if (form === "parts") return part;
  if (number === undefined) throw new FieldError("FIELD_TYPE", "number", "is missing: --form at needs it, or --number");
  try {
    return atForm(number, part);
  } catch (error) {
    throw new FieldError("FIELD_TYPE", "number", (error as Error).message);
  }
}

function printPart(part: string | object, id: string | number | undefined): void {
  if (typeof part !== "string") printJson({ ...(id !== undefined && { id }), ...part });
  else if (id === undefined) print(part);
  else printJson({ id, text: part });
}

function tellRate(count: number, seconds: number): void {
  const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
  const rate = `${Math.round(count / seconds)} a second`;
  process.stderr.write(`${count} messages in ${seconds.toFixed(1)} s, ${rate}, ${megabytes} MB\n`);
}
