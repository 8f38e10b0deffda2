/** The form for building a notification. It turns its text into fields, and shows the fields of a message. */
import type { NotificationJson } from "../codec/index.ts";
import { INITIATORS, TRANSPORTS, UI_MODES } from "../codec/index.ts";
import { element, labelled, select } from "./dom.ts";

/** The control of one field, and the way in which its text becomes the field. */
type Kind = "text" | "number" | "numbers" | "hex" | readonly string[];

interface Control {
  field: string;
  label: string;
  kind: Kind;
  /** The format that has the field; absent for both. */
  format?: "1.3" | "1.2";
  /** The initial text. */
  value?: string;
}

const CONTROLS: readonly Control[] = [
  { field: "format", label: "Format", kind: ["1.3", "1.2"] },
  { field: "serverId", label: "Server-ID", kind: "text", value: "dm.example.com" },
  { field: "sessionId", label: "SESSIONID, 1 to FFFF", kind: "text", value: "1234" },
  { field: "initiator", label: "Initiator", kind: INITIATORS, value: "server" },
  { field: "uiMode", label: "UI mode", kind: UI_MODES },
  { field: "transport", label: "Transport", kind: TRANSPORTS, format: "1.3" },
  { field: "timeout", label: "TIMEOUT, minutes; 0 = for ever", kind: "number", format: "1.3" },
  { field: "timestamp", label: "TIMESTAMP, POSIX seconds; empty = now", kind: "number", format: "1.3" },
  { field: "requestedMo", label: "Requested-MO, numbers", kind: "numbers", format: "1.3", value: "1" },
  { field: "targetedMo", label: "Targeted-MO, numbers", kind: "numbers", format: "1.3" },
  { field: "preferredBearer", label: "Preferred-Bearer, numbers, first is best", kind: "numbers", format: "1.3" },
  { field: "connectReason", label: "Connect-Reason", kind: "text", format: "1.3" },
  { field: "vendorInfo", label: "Vendor-Info, text", kind: "text", format: "1.3" },
  { field: "vendorInfoHex", label: "Vendor-Info, hex", kind: "hex", format: "1.3" },
  { field: "version", label: "Version, tenths", kind: "number", format: "1.2", value: "11" },
  { field: "vendorBody", label: "Vendor body, hex", kind: "hex", format: "1.2" },
];

export interface Form {
  /** The fields for the writers. */
  read(): NotificationJson;
  /** Puts the fields of a message into the form. */
  write(json: NotificationJson): void;
  /** Marks the control of a refused field, or removes the mark. */
  refuse(field: string | undefined): void;
}

/** Puts the controls into `place`; calls `changed` at each change. */
export function createForm(place: HTMLFormElement, changed: () => void): Form {
  const made = CONTROLS.map(control => {
    const id = `field-${control.field}`;
    const input = Array.isArray(control.kind)
      ? select(
          id,
          control.kind.map(word => [word, word] as const),
        )
      : element("input", { id, spellcheck: "false" });
    if (control.value !== undefined) input.value = control.value;
    const box = labelled(control.label, input);
    place.append(box);
    return { control, input, box };
  });
  place.addEventListener("input", () => {
    showFormat();
    changed();
  });
  place.addEventListener("submit", event => event.preventDefault());
  showFormat();

  function format(): string {
    return made[0]!.input.value;
  }

  function showFormat(): void {
    for (const { control, box } of made) box.hidden = control.format !== undefined && control.format !== format();
  }

  return {
    read() {
      const json: { [field: string]: unknown } = {};
      for (const { control, input } of made) {
        const text = input.value;
        if (text === "" || (control.format !== undefined && control.format !== format())) continue;
        json[control.field] = fieldValue(control.kind, text);
      }
      return json as unknown as NotificationJson;
    },
    write(json) {
      for (const { control, input } of made) {
        const value = (json as unknown as { [field: string]: unknown })[control.field];
        input.value = Array.isArray(value) ? value.join(" ") : value === undefined ? "" : String(value);
      }
      showFormat();
    },
    refuse(field) {
      for (const { control, input } of made) input.toggleAttribute("aria-invalid", control.field === field);
    },
  };
}

/** The value of a control. A text that is no number stays a text, and the writers refuse it with a reason. */
function fieldValue(kind: Kind, text: string): unknown {
  if (kind === "number") return numberOf(text);
  if (kind === "numbers")
    return text
      .split(/[\s,]+/)
      .filter(word => word !== "")
      .map(numberOf);
  return text;
}

function numberOf(text: string): number | string {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : text;
}
