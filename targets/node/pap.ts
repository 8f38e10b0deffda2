/** Push Access Protocol (WAP-247): a push for a gateway as multipart/related, and what the gateway answers. */
import { randomBytes } from "node:crypto";
import { DM_APPLICATION, MIME_12, MIME_13 } from "../../src/push/dm.ts";
import { CONTENT_TYPE_12 } from "../../src/wire.ts";

export interface PapMessage {
  contentType: string;
  body: Buffer;
}

export interface PapResult {
  /** The PAP status: 1000 OK, 1001 accepted, 2000 bad request, ... (§9.14); 0 when the answer is none. */
  code: number;
  text: string;
}

/**
 * A push-message of Package #0 `bytes` to `address`, such as "WAPPUSH=127.0.0.1/TYPE=IPv4@ppg.example" or
 * "WAPPUSH=+4477009000/TYPE=PLMN@ppg.example". The entity has no header but those that Kannel knows: others it takes for
 * the body.
 */
export function writePap(address: string, pushId: string, contentType: number, bytes: Uint8Array): PapMessage {
  const content = Buffer.from(bytes);
  let boundary = "";
  do boundary = `pkg0-${randomBytes(12).toString("hex")}`;
  while (content.includes(boundary));
  const control = [
    '<?xml version="1.0"?>',
    '<!DOCTYPE pap PUBLIC "-//WAPFORUM//DTD PAP 1.0//EN" "http://www.wapforum.org/DTD/pap_1.0.dtd">',
    `<pap><push-message push-id="${escapeXml(pushId)}">`,
    `<address address-value="${escapeXml(address)}"/>`,
    '<quality-of-service delivery-method="unconfirmed"/>',
    "</push-message></pap>",
  ].join("\r\n");
  const head =
    `--${boundary}\r\nContent-Type: application/xml\r\n\r\n${control}\r\n` +
    `--${boundary}\r\nContent-Type: ${contentType === CONTENT_TYPE_12 ? MIME_12 : MIME_13}\r\n` +
    `X-Wap-Application-Id: ${DM_APPLICATION}\r\n\r\n`;
  return {
    contentType: `multipart/related; boundary=${boundary}; type="application/xml"`,
    body: Buffer.concat([Buffer.from(head, "latin1"), content, Buffer.from(`\r\n--${boundary}--\r\n`, "latin1")]),
  };
}

/** Reads a push-response or badmessage-response. */
export function readPapResult(xml: string): PapResult {
  const element = /<(?:response-result|badmessage-response)\b[^>]*>/.exec(xml)?.[0] ?? "";
  return {
    code: Number(/\bcode\s*=\s*["'](\d{1,5})["']/.exec(element)?.[1] ?? 0),
    text: /\bdesc\s*=\s*(["'])(.*?)\1/s.exec(element)?.[2] ?? "",
  };
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, character => `&#${character.charCodeAt(0)};`);
}
