/** `pkg0 explain`. */
import { statusMeaning, statusName } from "../../../src/index.ts";
import { createDissector, type Dissection, explain as explainText, hexOf } from "../../codec/index.ts";
import { command } from "./command.ts";
import { CREDENTIALS, credentialsOf } from "./credentials.ts";
import { forEachFound, INPUT_NOTE, INPUT_OPTIONS, isInputTaken } from "./inputs.ts";
import { JUDGE_OPTIONS, judgeOf } from "./judge.ts";
import { paintOf, print, printJson } from "./output.ts";

export const explain = command({
  about: "messages byte by byte, each field with its meaning and section",
  takes: "[MESSAGE...]",
  options: {
    ...INPUT_OPTIONS,
    full: { kind: "flag", about: "show values in full, and the parts of each field" },
    json: { kind: "flag", about: "print the fields as JSON, one object a message" },
    ...CREDENTIALS,
    ...JUDGE_OPTIONS,
  },
  notes: [
    INPUT_NOTE,
    "The parts of concatenated short messages are put together. The last line is the verdict, with the offset that decode gives. A digest is checked with --secret only.",
  ],
  examples: [
    "pkg0 explain 000603d8af8717500000003c12346553f100100c6d676d742e6578616d706c65300101...",
    "pkg0 explain --full --secret secret13 0006...",
    "xxd -p push.bin | pkg0 explain",
    "pkg0 explain --in capture.pcapng",
    "pkg0 explain --json 0006... | jq '.fields[]'",
  ],
  async run(values, positionals) {
    const dissector = createDissector(
      values.as,
      credentialsOf(values, isInputTaken(values.in, positionals)),
      judgeOf(values),
    );
    const options = { full: values.full, ...paintOf() };
    const isGood = await forEachFound(positionals, values.in, (found, place) => {
      const { bytes, status, form } = found;
      if (status !== undefined) {
        const refused = { status: statusName(status), at: found.at ?? 0, meaning: statusMeaning(status) };
        if (values.json) printJson({ ...refused, place });
        else print(`${refused.status} at byte ${refused.at} of ${place}: ${refused.meaning}`);
        return false;
      }
      const dissection = dissector.dissect(bytes, found.as);
      const isPlain = form === "hex";
      if (values.json) printJson({ ...(!isPlain && { input: form }), ...jsonOf(dissection) });
      else print([...(isPlain ? [] : [`${place}: ${form}`]), ...explainText(dissection, options)].join("\n"));
      return dissection.status === "OK" || dissection.status === "MORE";
    });
    return isGood && dissector.waiting() === 0 ? 0 : 1;
  },
});

function jsonOf({ bytes, joined, ...rest }: Dissection): object {
  return { bytes: hexOf(bytes), ...rest, ...(joined !== undefined && { joined: jsonOf(joined) }) };
}
