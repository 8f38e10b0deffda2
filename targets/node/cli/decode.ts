/** `pkg0 decode`. */
import { createDecoder, LAYERS } from "../../codec/index.ts";
import { command } from "./command.ts";
import { CREDENTIALS, credentialsOf } from "./credentials.ts";
import { forEachLine } from "./lines.ts";
import { printJson } from "./output.ts";

export const decode = command({
  about: "what messages say, one JSON object each",
  takes: "[HEX...]",
  options: {
    as: { kind: "choice", words: LAYERS, default: "auto", about: "the layer at which messages start" },
    ...CREDENTIALS,
  },
  notes: [
    "Without HEX, one message a line is read from standard input. The parts of concatenated short messages are put together; a part that leaves its message unfinished answers MORE.",
    "With --secret the digest is checked: a message with another one is DIGEST_WRONG, and digestInput tells which reading of §6.6 fits.",
  ],
  examples: [
    "pkg0 decode 000603d8af8717500000003c12346553f100100c6d676d742e6578616d706c65300101...",
    "pkg0 decode --secret secret13 < messages.txt",
    "pkg0 decode --as tpdu --secret pw --nonce bm9uY2U= 07914487200030F3440B91...",
  ],
  async run(values, positionals) {
    const decoder = createDecoder(values.as, credentialsOf(values));
    const code = await forEachLine(positionals, hex => {
      const decoded = decoder.decodeHex(hex);
      printJson(decoded);
      return decoded.status === "MORE" || decoded.status === "OK";
    });
    return decoder.waiting() > 0 ? 1 : code;
  },
});
