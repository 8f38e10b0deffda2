/** Where `pkg0 listen --register` registers for SIP Push (§7.3), from a URI such as sip:device@example.com:5060. */
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createMd5 } from "../../src/index.ts";
import type { SipOptions } from "./net.ts";

type Register = NonNullable<SipOptions["register"]>;

/** Throws an Error for a URI that has no user or no host. `directory` keeps the instance, which has to outlast a restart. */
export function readRegistration(uri: string, password: string | undefined, directory: string): Register {
  const match = /^sip:([^@:;]+)@(\[[0-9A-Fa-f:.]+\]|[^:;@[\]]+)(?::(\d{1,5}))?$/.exec(uri);
  if (match === null) throw new Error(`${uri}: has to be sip:USER@HOST or sip:USER@HOST:PORT`);
  const [, user, host, port] = match as unknown as [string, string, string, string | undefined];
  return {
    host: host.replace(/^\[|\]$/g, ""),
    port: Number(port ?? 5060),
    registrar: `sip:${host}`,
    address: `sip:${user}@${host}`,
    instance: instanceOf(directory),
    ...(password !== undefined && { credentials: { name: user, password, md5: createMd5() } }),
  };
}

/** The instance of RFC 5626 §4.1, made once. */
function instanceOf(directory: string): string {
  const path = join(directory, "sip-instance");
  try {
    return readFileSync(path, "utf8");
  } catch {
    const instance = `urn:uuid:${randomUUID()}`;
    writeFileSync(path, instance);
    return instance;
  }
}
