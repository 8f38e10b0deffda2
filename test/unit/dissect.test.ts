/** Checks that dissect explains each byte exactly once, and has the same status as decode. */
import { describe, expect, test } from "vitest";
import {
  createDecoder,
  createDissector,
  type Dissection,
  decode,
  dissect,
  type Field,
  type Layer,
} from "../../targets/codec/index.ts";
import { NOTIFICATION12, NOTIFICATION13, PUSH } from "../suite/index.ts";
import { bytesOf, inputOf } from "../suite/vectors.ts";
import captures from "../vectors/captures.json" with { type: "json" };

interface Sample {
  name: string;
  as: Layer;
  bytes: Uint8Array;
}

const FILES = [
  { file: NOTIFICATION13, as: "1.3" as const },
  { file: NOTIFICATION12, as: "1.2" as const },
  { file: PUSH, as: "push" as const },
];

const USER_DATA: Sample[] = captures.captures
  .filter(({ layer }) => layer.startsWith("at-"))
  .flatMap(({ name, hex }) => {
    const all = hex.map(one => Uint8Array.from(Buffer.from(one, "hex")));
    return all.map(tpdu => ({
      name,
      as: "user-data" as const,
      bytes: tpdu.subarray(Buffer.from(tpdu).indexOf("05040b84", 0, "hex") - 1),
    }));
  });

const SAMPLES: Sample[] = [
  ...USER_DATA,
  ...FILES.flatMap(({ file, as }) => file.vectors.map(vector => ({ name: vector.name, as, bytes: inputOf(vector) }))),
  ...captures.captures
    .filter(({ layer }) => layer === "push" || layer.startsWith("at-"))
    .flatMap(({ name, layer, hex }) =>
      hex.map((one, i) => ({
        name: `${name} ${i + 1}`,
        as: layer === "push" ? ("push" as const) : ("tpdu" as const),
        bytes: Uint8Array.from(Buffer.from(one, "hex")),
      })),
    ),
];

/** The fields without `fields`, in the order of the bytes. */
function leavesOf(fields: Field[]): Field[] {
  return fields.flatMap(field =>
    field.fields === undefined || field.fields.length === 0 ? [field] : leavesOf(field.fields),
  );
}

/** The first violation of the rule that the fields cover each bit once and in order; "" without one. */
function faultOf({ bytes, fields }: Dissection): string {
  let bit = 0;
  for (const { from, to, bits, name } of leavesOf(fields)) {
    const first = bits === undefined ? 8 * from : 8 * to - 1 - bits[0];
    if (first !== bit) return `${name} begins at bit ${first}, not ${bit}`;
    bit = bits === undefined ? 8 * to : 8 * to - bits[1];
  }
  return bit === 8 * bytes.length ? "" : `ends at bit ${bit} of ${8 * bytes.length}`;
}

/** The first field that does not contain its `fields`; "" without one. */
function faultOfNesting(fields: Field[]): string {
  for (const field of fields) {
    const inner = field.fields ?? [];
    if (inner.length === 0) continue;
    if (inner[0]!.from !== field.from || inner[inner.length - 1]!.to !== field.to)
      return `${field.name} is not its fields`;
    const fault = faultOfNesting(inner);
    if (fault !== "") return fault;
  }
  return "";
}

function statusesOf(fields: Field[]): Field[] {
  return fields.flatMap(field => [...(field.status === undefined ? [] : [field]), ...statusesOf(field.fields ?? [])]);
}

/** Checks all rules on one input. */
function check(bytes: Uint8Array, as: Layer | "auto"): string {
  const decoded = createDecoder(as).decode(bytes);
  const dissection = createDissector(as).dissect(bytes);
  const said = [dissection.status, dissection.at, dissection.as ?? undefined];
  if (JSON.stringify(said) !== JSON.stringify([decoded.status, decoded.at, decoded.as])) {
    return `dissect says ${said}, decode ${[decoded.status, decoded.at, decoded.as]}`;
  }
  const fault = faultOf(dissection) || faultOfNesting(dissection.fields);
  if (fault !== "") return fault;
  const marked = statusesOf(dissection.fields);
  if (decoded.status === "OK" || decoded.status === "MORE") return marked.length === 0 ? "" : "a good field is marked";
  if (marked.length !== 1) return `${marked.length} fields are marked for ${decoded.status}`;
  const [{ from, to, status }] = marked as [Field];
  if (status !== decoded.status) return `marked with ${status}, not ${decoded.status}`;
  return from <= decoded.at && (decoded.at < to || (from === to && decoded.at === to))
    ? ""
    : `${from}..${to} has no ${decoded.at}`;
}

describe("dissect", () => {
  test("says of every vector, and of each of its prefixes, what decode says, and what each bit is", () => {
    for (const { name, as, bytes } of SAMPLES) {
      const step = bytes.length > 700 ? 97 : 1;
      for (let length = bytes.length; length >= 0; length -= step) {
        for (const layer of [as, "auto"] as const) {
          const cut = bytes.subarray(0, length);
          const fault = check(cut, layer);
          if (fault !== "") expect.fail(`${name}, ${length} bytes, as ${layer}: ${fault}`);
        }
      }
    }
  });

  test("says so of every byte that was changed", () => {
    for (const { name, as, bytes } of SAMPLES.filter(sample => sample.bytes.length <= 200)) {
      for (let at = 0; at < bytes.length; at++) {
        for (const change of [1, 0x10, 0x80, 0xff]) {
          const changed = Uint8Array.from(bytes);
          changed[at]! ^= change;
          const fault = check(changed, as);
          if (fault !== "") expect.fail(`${name}, byte ${at} changed by ${change}: ${fault}`);
        }
      }
    }
  });

  test("has a field begin at every part of the annotated vectors", () => {
    for (const { file, as } of FILES) {
      for (const vector of file.vectors) {
        const dissection = dissect(inputOf(vector), as);
        if (dissection.status !== "OK") continue;
        const starts = new Set(leavesOf(dissection.fields).map(({ from }) => from));
        let at = 0;
        for (const [hex, meaning] of vector.parts) {
          if (!starts.has(at)) expect.fail(`${vector.name}: no field at ${at}, ${meaning}`);
          at += bytesOf(hex!).length;
        }
      }
    }
  });

  test("puts parts together, and says of the whole what decode says", () => {
    for (const { name, layer, hex } of captures.captures.filter(
      one => one.hex.length > 1 && one.layer.startsWith("at-"),
    )) {
      const decoder = createDecoder(layer.startsWith("at-") ? "tpdu" : "auto");
      const dissector = createDissector("auto");
      for (const one of hex) {
        const bytes = Uint8Array.from(Buffer.from(one, "hex"));
        const { status, at } = decoder.decode(bytes);
        const dissection = dissector.dissect(bytes);
        expect([name, dissection.status, dissection.at]).toEqual([name, status, at]);
        if (status === "MORE") continue;
        expect(dissection.joined).toBeDefined();
        expect(faultOf(dissection.joined!)).toBe("");
        expect(dissection.joined!.fields[0]!.name).toBe("Push PDU");
      }
      expect(dissector.waiting()).toBe(decoder.waiting());
    }
  });
});

test("without a layer, one is found", () => {
  const { hex } = captures.captures.find(({ name }) => name.startsWith("kannel-udp-1"))! as { hex: string[] };
  const bytes = Buffer.from(hex[0]!, "hex");
  expect([decode(bytes), createDecoder().decode(bytes)]).toMatchObject([{ as: "push" }, { as: "push" }]);
  expect([dissect(bytes), createDissector().dissect(bytes)]).toEqual([dissect(bytes, "auto"), dissect(bytes, "auto")]);
});
