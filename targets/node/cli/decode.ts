/** `pkg0 decode`. */
import { createDecoder } from "../../codec/index.ts";
import { command } from "./command.ts";
import { CREDENTIALS, credentialsOf } from "./credentials.ts";
import { forEachFound, INPUT_NOTE, INPUT_OPTIONS, isInputTaken } from "./inputs.ts";
import { JUDGE_OPTIONS, judgeOf } from "./judge.ts";
import { printJson } from "./output.ts";

export const decode = command({
  about: "the content of messages, one JSON object each",
  takes: "[MESSAGE...]",
  options: {
    ...INPUT_OPTIONS,
    ...CREDENTIALS,
    ...JUDGE_OPTIONS,
  },
  notes: [
    INPUT_NOTE,
    "The parts of concatenated short messages are put together; a part that leaves its message unfinished answers MORE.",
    "With --secret the digest is checked: a message with another one is DIGEST_WRONG, and digestInput tells which reading of §6.6 fits.",
  ],
  examples: [
    "pkg0 decode 000603d8af8717500000003c12346553f100100c6d676d742e6578616d706c65300101...",
    "pkg0 decode --secret secret13 --in messages.txt",
    "pkg0 decode --as tpdu --secret pw --nonce bm9uY2U= 07914487200030F3440B91...",
  ],
  async run(values, positionals) {
    const decoder = createDecoder(
      values.as,
      credentialsOf(values, isInputTaken(values.in, positionals)),
      judgeOf(values),
    );
    const isGood = await forEachFound(positionals, values.in, (found, place) => {
      const decoded = decoder.decodeFound(found);
      const isRead = decoded.status === "MORE" || decoded.status === "OK";
      printJson(isRead ? decoded : { ...decoded, place });
      return isRead;
    });
    return isGood && decoder.waiting() === 0 ? 0 : 1;
  },
});
