/** Shows the bytes as a grid of buttons and the fields as a table; pointing at either highlights the other. */
import { element } from "./dom.ts";

/** A field of dissect, with the colour of its layer. */
export interface Shown {
  from: number;
  to: number;
  colour: string;
  layer: string;
  name: string;
  value: string;
  meaning: string;
  section: string;
  isWrong: boolean;
  depth: number;
}

const ROW_BYTES = 8;

export interface View {
  /** Shows a message; `wrongAt` is the offset of its fault, -1 without one. */
  show(bytes: Uint8Array, fields: readonly Shown[], wrongAt: number): void;
}

/** `pointed` is called with a sentence about the byte or field that is pointed at. */
export function createView(grid: HTMLElement, rows: HTMLElement, pointed: (sentence: string) => void): View {
  let buttons: HTMLButtonElement[] = [];
  let names: HTMLButtonElement[] = [];
  let shown: readonly Shown[] = [];
  let focused = 0;

  function show(bytes: Uint8Array, fields: readonly Shown[], wrongAt: number): void {
    shown = fields;
    focused = 0;
    buttons = Array.from(bytes, (byte, at) => byteButton(byte, at, at === wrongAt));
    grid.replaceChildren();
    for (let at = 0; at < bytes.length; at += ROW_BYTES) {
      grid.append(element("span", { class: "offset", "aria-hidden": "true" }, String(at)));
      grid.append(...buttons.slice(at, at + ROW_BYTES));
    }
    buttons[0]?.setAttribute("tabindex", "0");
    names = [];
    rows.replaceChildren(...fields.map(fieldRow));
    pointed("");
  }

  function byteButton(byte: number, at: number, isWrong: boolean): HTMLButtonElement {
    const text = byte.toString(16).padStart(2, "0");
    const field = innermost(at);
    const where = field === undefined ? "not read" : field.name;
    const button = element(
      "button",
      {
        type: "button",
        class: "byte",
        tabindex: "-1",
        "aria-label": `byte ${at}, ${text}, ${where}${isWrong ? ", wrong" : ""}`,
      },
      text,
    );
    if (field !== undefined) button.dataset.layer = field.colour;
    if (isWrong) button.classList.add("wrong");
    button.addEventListener("pointerenter", () => pointAt(innermost(at)));
    button.addEventListener("click", () => focus(at));
    button.addEventListener("focus", () => pointAt(innermost(at)));
    return button;
  }

  function fieldRow(field: Shown): HTMLTableRowElement {
    const name = element("button", { type: "button", class: "field" }, field.name);
    name.dataset.layer = field.colour;
    name.style.marginInlineStart = `${field.depth * 0.75}rem`;
    name.addEventListener("focus", () => pointAt(field));
    name.addEventListener("click", () => buttons[field.from]?.scrollIntoView({ block: "nearest" }));
    names.push(name);
    const row = element(
      "tr",
      field.isWrong ? { class: "wrong" } : {},
      element(
        "td",
        { class: "number" },
        field.to - field.from > 1 ? `${field.from}–${field.to - 1}` : String(field.from),
      ),
      element("td", { class: "name" }, name),
      element("td", {}, field.value),
      element("td", {}, field.meaning),
      element("td", { class: "number" }, field.section),
    );
    row.addEventListener("pointerenter", () => pointAt(field));
    return row;
  }

  /** The narrowest field that contains the byte; the last of several equally narrow ones. */
  function innermost(at: number): Shown | undefined {
    let found: Shown | undefined;
    for (const field of shown)
      if (field.from <= at && at < field.to && (found === undefined || field.to - field.from <= found.to - found.from))
        found = field;
    return found;
  }

  function pointAt(field: Shown | undefined): void {
    for (const [at, button] of buttons.entries())
      button.classList.toggle("pointed", field !== undefined && field.from <= at && at < field.to);
    for (const [i, name] of names.entries()) name.classList.toggle("pointed", shown[i] === field);
    if (field === undefined) {
      pointed("");
      return;
    }
    const section = field.section === "" ? "" : ` (${field.section})`;
    pointed(
      `${field.layer}: ${field.name} ${field.value}${field.meaning === "" ? "" : `, ${field.meaning}`}${section}`,
    );
  }

  /** Moves the one byte that Tab reaches. */
  function focus(at: number): void {
    const next = buttons[at];
    if (next === undefined) return;
    buttons[focused]?.setAttribute("tabindex", "-1");
    focused = at;
    next.setAttribute("tabindex", "0");
    next.focus();
  }

  const STEPS: { readonly [key: string]: number } = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -ROW_BYTES,
    ArrowDown: ROW_BYTES,
  };
  grid.addEventListener("keydown", event => {
    const last = buttons.length - 1;
    const step = STEPS[event.key];
    if (step !== undefined) focus(focused + step);
    else if (event.key === "Home") focus(0);
    else if (event.key === "End") focus(last);
    else return;
    event.preventDefault();
  });

  return { show };
}
