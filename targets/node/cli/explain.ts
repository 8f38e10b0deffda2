/** `pkg0 explain`. */
import { NOT_HEX, statusMeaning } from "../../../src/index.ts";
import {
  bytesOfHex,
  createDissector,
  type Dissection,
  explain as explainText,
  hexOf,
  LAYERS,
} from "../../codec/index.ts";
import { command } from "./command.ts";
import { CREDENTIALS, credentialsOf } from "./credentials.ts";
import { forEachLine } from "./lines.ts";
import { paintOf, print, printJson } from "./output.ts";

export const explain = command({
  about: "messages byte by byte, each field with its meaning and section",
  takes: "[HEX...]",
  options: {
    as: { kind: "choice", words: LAYERS, default: "auto", about: "the layer at which messages start" },
    full: { kind: "flag", about: "show values whole, and what each field consists of" },
    json: { kind: "flag", about: "print the fields as JSON, one object a message" },
    ...CREDENTIALS,
  },
  notes: [
    "Without HEX, one message a line is read from standard input. The parts of concatenated short messages are put together. The last line is the verdict, with the offset that decode gives. A digest is checked with --secret only.",
  ],
  examples: [
    "pkg0 explain 000603d8af8717500000003c12346553f100100c6d676d742e6578616d706c65300101...",
    "pkg0 explain --full --secret secret13 0006...",
    "pkg0 explain --json 0006... | jq '.fields[]'",
  ],
  async run(values, positionals) {
    const dissector = createDissector(values.as, credentialsOf(values));
    const options = { full: values.full, ...paintOf() };
    const code = await forEachLine(positionals, hex => {
      const bytes = bytesOfHex(hex);
      if (typeof bytes === "number") {
        const refused = { status: "NOT_HEX", at: bytes, meaning: statusMeaning(NOT_HEX) };
        if (values.json) printJson(refused);
        else print(`NOT_HEX at byte ${bytes}: ${refused.meaning}`);
        return false;
      }
      const dissection = dissector.dissect(bytes);
      if (values.json) printJson(jsonOf(dissection));
      else print(explainText(dissection, options).join("\n"));
      return dissection.status === "OK" || dissection.status === "MORE";
    });
    return dissector.waiting() > 0 ? 1 : code;
  },
});

function jsonOf({ bytes, joined, ...rest }: Dissection): object {
  return { bytes: hexOf(bytes), ...rest, ...(joined !== undefined && { joined: jsonOf(joined) }) };
}
