/**
 * The page: it shows a pasted message as bytes and fields, and builds a message from a form. It runs only modules of this
 * project.
 */

import { OK, statusMeaning } from "../../src/index.ts";
import {
  type Credentials,
  createDissector,
  createLineReader,
  type Dissection,
  decode,
  encode,
  type Field,
  FieldError,
  type FieldLayer,
  type Found,
  LAYERS,
  type Layer,
  type NotificationJson,
  readNonce,
} from "../codec/index.ts";
import { createView, type Shown } from "./bytes.ts";
import { byId, element } from "./dom.ts";
import { EXAMPLES } from "./examples.ts";
import { createForm } from "./form.ts";
import { outputsOf, showOutputs } from "./outputs.ts";

const LAYER_NAMES: { readonly [layer in FieldLayer]: string } = {
  tpdu: "TPDU",
  udh: "UDH",
  push: "WSP push",
  notification: "Package #0",
  digest: "digest",
};
const NUMBER = "+447700900123";

const input = byId("input", HTMLTextAreaElement);
const as = byId("as", HTMLSelectElement);
const secret = byId("secret", HTMLInputElement);
const nonce = byId("nonce", HTMLInputElement);
const example = byId("example", HTMLSelectElement);
const verdict = byId("verdict", HTMLElement);
const reading = byId("reading", HTMLElement);
const pointed = byId("pointed", HTMLElement);
const refusal = byId("refusal", HTMLElement);
const unsigned = byId("unsigned", HTMLElement);
const outputs = byId("outputs", HTMLElement);
const view = createView(byId("bytes", HTMLElement), byId("fields", HTMLElement), sentence => {
  pointed.textContent = sentence;
});
const form = createForm(byId("form", HTMLFormElement), build);

as.append(...LAYERS.map(layer => element("option", { value: layer }, layer)));
example.append(
  element("option", { value: "" }, "choose one"),
  ...EXAMPLES.map(({ title }, i) => element("option", { value: String(i) }, title)),
);
byId("legend", HTMLElement).append(
  ...Object.entries(LAYER_NAMES).map(([layer, name]) => element("li", { "data-layer": layer }, name)),
);
input.addEventListener("input", read);
as.addEventListener("change", read);
example.addEventListener("change", () => {
  const chosen = EXAMPLES[Number(example.value)];
  if (example.value === "" || chosen === undefined) return;
  input.value = chosen.hex;
  secret.value = chosen.secret;
  nonce.value = chosen.nonce;
  as.value = "auto";
  read();
});
for (const control of [secret, nonce])
  control.addEventListener("input", () => {
    read();
    build();
  });
build();

/** Shows the message in the text field. */
function read(): void {
  const text = input.value.trim();
  reading.hidden = true;
  verdict.className = "";
  verdict.textContent = "";
  if (text === "") return;
  const found = messagesOf(text);
  const bad = found.find(each => each.status !== undefined && each.status !== OK);
  if (bad !== undefined || found.length === 0) {
    const why =
      bad === undefined ? "there is no message in it" : `${statusMeaning(bad.status ?? OK)}, line ${bad.line}`;
    say(`This cannot be read: ${why}.`, false);
    return;
  }
  const dissector = createDissector(as.value as Layer | "auto", secret.value === "" ? undefined : credentials());
  let last: Dissection | undefined;
  for (const one of found) last = dissector.dissect(one.bytes, one.as);
  if (last !== undefined) judge(last, found[0]!.form);
}

/** Shows a message and its status, and puts its fields into the form. */
function judge(last: Dissection, formOfInput: string): void {
  const shown = last.joined ?? last;
  show(shown);
  const what = `${formOfInput === "" ? "" : `, from ${formOfInput}`}${shown.as === null ? "" : `, read as ${shown.as}`}`;
  const signed = secret.value === "" ? "; enter the AAuthSecret to check its digest" : "; the digest is right";
  if (last.status === "OK") say(`OK${what}${signed}.`, true);
  else say(`${last.status} at byte ${last.at}${what}: ${last.meaning}.`, false);
  const fields = decode(shown.bytes, shown.as ?? "auto");
  if (fields.status === "OK") {
    form.write(fields as NotificationJson);
    build();
  }
}

/** The messages in a text, in any of the known forms. */
function messagesOf(text: string): Found[] {
  const lines = createLineReader();
  return [...text.split(/\r?\n/).flatMap(line => lines.add(line)), ...lines.end()];
}

function say(text: string, isGood: boolean): void {
  verdict.className = isGood ? "good" : "bad";
  verdict.textContent = text;
}

function show({ bytes, fields, status, at }: Dissection): void {
  reading.hidden = false;
  const rows: Shown[] = [];
  for (const field of fields) addRows(field, 0, rows);
  view.show(bytes, rows, status === "OK" || status === "MORE" ? -1 : at);
}

function addRows(field: Field, depth: number, rows: Shown[]): void {
  rows.push({
    from: field.from,
    to: field.to,
    colour: field.layer,
    layer: LAYER_NAMES[field.layer],
    name: field.name,
    value: field.value === undefined ? "" : String(field.value),
    meaning: field.status === undefined ? field.meaning : `${field.status} ${field.meaning}`,
    section: field.section,
    isWrong: field.status !== undefined,
    depth,
  });
  for (const inner of field.fields ?? []) addRows(inner, depth + 1, rows);
}

/** Signs the notification of the form, and shows it for each tool. */
function build(): void {
  refusal.textContent = "";
  refusal.className = "";
  form.refuse(undefined);
  unsigned.hidden = secret.value !== "";
  try {
    const json = form.read();
    const used = credentials();
    showOutputs(outputs, outputsOf(json, encode(json, used), NUMBER, used.nonce));
  } catch (error) {
    outputs.replaceChildren();
    refusal.className = "bad";
    refusal.textContent = error instanceof Error ? error.message : String(error);
    if (error instanceof FieldError) form.refuse(error.field);
  }
}

function credentials(): Credentials {
  const bytes = readNonce(nonce.value.trim());
  // without a secret the bytes are shown all the same, beside the note that no device takes them
  return { secret: secret.value, allowEmptySecret: true, ...(bytes !== null && bytes.length > 0 && { nonce: bytes }) };
}
