import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { FORMATS, type Format } from "./compare.ts";
import { mutate } from "./mutate.ts";

/** A million in `npm run fuzz`; every disagreement prints its message, which then goes into corpus/. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 20_000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
/** Long messages are left out: they slow the twin down, and vectors already test their bounds. */
const BYTES_MAX = 600;

for (const format of FORMATS) {
  const inputs = format.inputs.filter(input => input.length <= BYTES_MAX);

  test(`${format.name}: every vector as its twin reads it`, () => {
    for (const input of format.inputs) judge(format, input);
  });

  test(`${format.name}: ${Math.ceil(RUNS / FORMATS.length)} mutated messages, seed ${SEED}`, {
    timeout: 3_600_000,
  }, () => {
    const random = createRandom(SEED);
    for (let i = 0; i < RUNS / FORMATS.length; i++)
      judge(format, mutate(random, inputs[random(inputs.length)], inputs));
  });
}

/** Each line of corpus/<format>.txt has the hex of a message that once found a fault, and then the fault. */
const corpus = new URL("corpus/", import.meta.url);
for (const file of readdirSync(corpus).filter(name => name.endsWith(".txt"))) {
  const format = FORMATS.find(each => `${each.name}.txt` === file) as Format;
  for (const line of readFileSync(new URL(file, corpus), "utf8").split("\n").filter(Boolean)) {
    const hex = line.split(" ")[0];
    test(`${format.name}: ${line}`, () => judge(format, Uint8Array.from(Buffer.from(hex, "hex"))));
  }
}

function judge(format: Format, message: Uint8Array): void {
  const complaint = format.compare(message);
  if (complaint !== "") expect.fail(`${Buffer.from(message).toString("hex")}: ${complaint}`);
}
