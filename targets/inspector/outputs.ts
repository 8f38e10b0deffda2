/** Shows a built notification in the form of each sending tool, ready to be copied. */

import { CONTENT_TYPE_12, DM_APPLICATION, MIME_12, MIME_13 } from "../../src/index.ts";
import { type Encoded, hexOf, type NotificationJson, pushOf } from "../codec/index.ts";
import { atForm, smsParts } from "../codec/sms-forms.ts";
import { element } from "./dom.ts";

export interface Output {
  title: string;
  text: string;
}

/** `number` is the device's, for the SMS PDUs; `nonce` the one that was signed with. */
export function outputsOf(json: NotificationJson, encoded: Encoded, number: string, nonce?: Uint8Array): Output[] {
  const push = pushOf(encoded.bytes, encoded.contentType, 1);
  const parts = smsParts(push);
  const pdus = parts.map(part => {
    const { length, pdu } = atForm(number, part);
    return `AT+CMGS=${length}\n${pdu}`;
  });
  const mime = encoded.contentType === CONTENT_TYPE_12 ? MIME_12 : MIME_13;
  return [
    { title: "Package #0", text: hexOf(encoded.bytes) },
    { title: "WSP push, for UDP port 2948", text: hexOf(push) },
    {
      title: `SMS to ${number}, for a modem${parts.length > 1 ? `: ${parts.length} short messages` : ""}`,
      text: pdus.join("\n"),
    },
    {
      title: "HTTP Push by curl",
      text: `echo ${hexOf(encoded.bytes)} | xxd -r -p | curl --data-binary @- -H 'Content-Type: ${mime}' -H 'X-Wap-Application-Id: ${DM_APPLICATION}' http://HOST:4035/wappush`,
    },
    {
      title: "The command line",
      text: `pkg0 send --to udp://HOST:2948 --secret-file FILE ${nonce === undefined ? "" : `--nonce ${hexOf(nonce)} `}${quoted(JSON.stringify(json))}`,
    },
  ];
}

/** `text` as a word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Shows the outputs in `place`, each with a button that copies it. */
export function showOutputs(place: HTMLElement, outputs: readonly Output[]): void {
  place.replaceChildren(
    ...outputs.map(({ title, text }) => {
      const button = element("button", { type: "button", "aria-label": `Copy: ${title}` }, "Copy");
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      });
      return element(
        "div",
        {},
        element("h3", {}, title),
        element("div", { class: "copy" }, element("pre", { tabindex: "0", "aria-label": title }, text), button),
      );
    }),
  );
}
