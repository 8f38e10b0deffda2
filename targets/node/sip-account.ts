/** The account with which `pkg0 listen --register` registers for SIP Push (§7.3), from a URI such as sip:device@example.com:5060. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { createMd5 } from "../../src/index.ts";
import type { SipOptions } from "./net.ts";
import { readStateFile, StateError, writeStateFile } from "./state.ts";
import { readHostPort } from "./udp.ts";

type Register = NonNullable<SipOptions["register"]>;

/**
 * Throws an Error for a URI that has no user or no host. `directory` keeps the instance, which must outlast a restart.
 * `contact` is HOST or HOST:PORT at which the network reaches this device, if that is not the address it listens on.
 */
export function readRegistration(
  uri: string,
  password: string | undefined,
  directory: string,
  contact?: string,
): Register {
  const [, user, host, port] = readUri(uri);
  return {
    host: host!.replace(/^\[|\]$/g, ""),
    port: Number(port ?? 5060),
    registrar: `sip:${host}`,
    address: `sip:${user}@${host}`,
    instance: instanceOf(directory),
    // the digest hashes UTF-8
    ...(password !== undefined && {
      credentials: { name: user!, password: Buffer.from(password).toString("latin1"), md5: createMd5() },
    }),
    ...(contact !== undefined && readContact(contact)),
  };
}

/** Throws an Error when `readRegistration` would throw one for the URI or the contact. */
export function checkRegistration(uri: string | undefined, contact: string | undefined): void {
  if (uri !== undefined) readUri(uri);
  if (contact !== undefined) readContact(contact);
}

function readUri(uri: string): RegExpExecArray {
  const match = /^sip:([\w.!~*'()&=+$,;?/%-]+)@(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/.exec(uri);
  if (match === null || Number(match[3] ?? 1) > 65535) {
    throw new Error(`${uri}: must be sip:USER@HOST or sip:USER@HOST:PORT`);
  }
  return match;
}

function readContact(contact: string): { contactHost: string; contactPort?: number } {
  if (/^[\w.-]+$/.test(contact)) return { contactHost: contact };
  const bare = /^\[([0-9A-Fa-f:.]+)\]$/.exec(contact);
  if (bare !== null) return { contactHost: bare[1]! };
  const { host, port } = readHostPort(contact);
  if (!/^[\w.:-]+$/.test(host) || port === 0) throw new Error(`${contact}: must be HOST or HOST:PORT`);
  return { contactHost: host, contactPort: port };
}

const FILE = "sip-instance";

/** The instance of RFC 5626 §4.1, made once. Throws a StateError when the file has any other text. */
function instanceOf(directory: string): string {
  const kept = readStateFile(directory, FILE);
  if (kept === null) {
    const instance = `urn:uuid:${randomUUID()}`;
    writeStateFile(directory, FILE, instance);
    return instance;
  }
  const text = Buffer.from(kept).toString().trimEnd();
  if (!/^urn:[\w.!~*'()%:-]{1,200}$/.test(text)) throw new StateError(join(directory, FILE), "is not a URN");
  return text;
}
