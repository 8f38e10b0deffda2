/** Push Access Protocol (WAP-247): writes a push for a gateway as multipart/related, and reads the gateway's answer. */
import { randomBytes } from "node:crypto";
import { SaxesParser } from "saxes";
import { DM_APPLICATION, MIME_12, MIME_13 } from "../../src/push/dm.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_13 } from "../../src/wire.ts";
import type { HostCode } from "./codes.ts";
import { Unsendable } from "./links/unsendable.ts";

/** A push for a push proxy gateway (WAP-247). */
export interface PapMessage {
  contentType: string;
  body: Buffer;
}

/** The answer of the gateway. */
export interface PapResult {
  /** The PAP status: 1000 OK, 1001 accepted, 2000 bad request, ... (§9.14); 0 when the answer is malformed. */
  code: number;
  text: string;
}

/** Throws an Unsendable for an address that is not visible ASCII: XML cannot even contain most control characters. */
export function checkPapAddress(address: string): void {
  if (/^[\x21-\x7e]+$/.test(address)) return;
  throw new Unsendable("ADDRESS_UNFIT" satisfies HostCode, `${address}: must be visible ASCII, as WAPPUSH=..@.. is`);
}

/**
 * Writes a push-message with the Package #0 `bytes` for `address`, such as "WAPPUSH=127.0.0.1/TYPE=IPv4@ppg.example" or
 * "WAPPUSH=+4477009000/TYPE=PLMN@ppg.example". The entity has only headers that Kannel knows, because Kannel takes any other
 * header for a part of the body. Throws a RangeError for an address that is not visible ASCII, and for another content type.
 */
export function writePap(address: string, pushId: string, contentType: number, bytes: Uint8Array): PapMessage {
  checkPapAddress(address);
  if (contentType !== CONTENT_TYPE_13 && contentType !== CONTENT_TYPE_12) {
    throw new RangeError(`content type ${contentType}: must be CONTENT_TYPE_13 or CONTENT_TYPE_12`);
  }
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

/**
 * Reads a push-response or badmessage-response: XML 1.0 in UTF-8 or UTF-16, or text. An entity other than the five of XML is
 * not resolved, and makes the answer malformed.
 */
export function readPapResult(xml: Uint8Array | string): PapResult {
  const result: PapResult = { code: 0, text: "" };
  const parser = new SaxesParser();
  parser.on("error", error => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (result.code > 0 || (name !== "response-result" && name !== "badmessage-response")) return;
    result.code = /^\d{1,5}$/.test(attributes.code ?? "") ? Number(attributes.code) : 0;
    result.text = attributes.desc ?? "";
  });
  try {
    parser.write(typeof xml === "string" ? xml : decodeXml(xml)).close();
    return result;
  } catch {
    return { code: 0, text: "" };
  }
}

/** The text of an XML entity: UTF-16 by its byte order mark or its first characters, else UTF-8 (XML 1.0, Appendix F). */
function decodeXml(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c);
  const isLittle = (first === 0xff && second === 0xfe) || (first === 0x3c && second === 0);
  return new TextDecoder(isBig ? "utf-16be" : isLittle ? "utf-16le" : "utf-8", { fatal: true }).decode(bytes);
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, character => `&#${character.charCodeAt(0)};`);
}
