/** Checks that the writers refuse each wrong field with its status, and write nothing then. */
import { DIGEST12_SCRATCH_BYTES } from "../../src/notification/digest12.ts";
import { DIGEST_COLONS } from "../../src/notification/digest13.ts";
import type { Pkg0, T } from "./api.ts";
import { asciiOf, bytesOf, nameOf } from "./vectors.ts";
import type { Fields } from "./writers.ts";

interface Refusal {
  what: string;
  /** Spoils the good fields. */
  spoil(f: Fields): void;
  status: string;
}

export function refusals(t: T, p: Pkg0): void {
  for (let i = 0; i < BOTH.length; i++) {
    refuse(t, "1.3", BOTH[i], (f, out) => write13(p, f, out));
    refuse(t, "1.2", BOTH[i], (f, out) => write12(p, f, out));
  }
  for (let i = 0; i < ONLY13.length; i++) refuse(t, "1.3", ONLY13[i], (f, out) => write13(p, f, out));
  for (let i = 0; i < ONLY12.length; i++) refuse(t, "1.2", ONLY12[i], (f, out) => write12(p, f, out));
}

function refuse(t: T, format: string, refusal: Refusal, write: (f: Fields, out: Uint8Array) => number): void {
  t.test(`write ${format} refuses ${refusal.what}`, () => {
    const out = new Uint8Array(400);
    const f = goodFields();
    t.ok(write(f, out) > 0, "the good fields are written");
    for (let i = 0; i < out.length; i++) out[i] = 0xee;
    refusal.spoil(f);
    t.equal(nameOf(-write(f, out)), refusal.status, "status");
    let isUntouched = true;
    for (let i = 0; i < out.length; i++) if (out[i] !== 0xee) isUntouched = false;
    t.ok(isUntouched, "nothing is written");
  });
}

function write13(p: Pkg0, f: Fields, out: Uint8Array): number {
  return p.writeNotification13(f, p.createSha256(), asciiOf("secret"), DIGEST_COLONS, out, 0);
}

function write12(p: Pkg0, f: Fields, out: Uint8Array): number {
  const none = new Uint8Array(0);
  const scratch = new Uint8Array(DIGEST12_SCRATCH_BYTES);
  return p.writeNotification12(f, p.createMd5(), none, none, none, out, 0, scratch);
}

function goodFields(): Fields {
  return {
    initiator: 1,
    uiMode: 1,
    transport: 2,
    timeoutMinutes: 60,
    sessionId: 1,
    timestamp: 1700000000,
    serverId: asciiOf("a"),
    targetedMo: [2],
    requestedMo: [1],
    preferredBearer: [11],
    connectReason: asciiOf("b"),
    vendorInfo: bytesOf("c3a4"),
    versionTenths: 11,
  };
}

// biome-ignore format: a table
const BOTH: Refusal[] = [
  { what: "session id 0", status: "FIELD_SESSION_ID", spoil: f => { f.sessionId = 0; } },
  { what: "session id 65536", status: "FIELD_SESSION_ID", spoil: f => { f.sessionId = 65536; } },
  { what: "session id 1.5", status: "FIELD_SESSION_ID", spoil: f => { f.sessionId = 1.5; } },
  { what: "session id -1", status: "FIELD_SESSION_ID", spoil: f => { f.sessionId = -1; } },
  { what: "session id NaN", status: "FIELD_SESSION_ID", spoil: f => { f.sessionId = NaN; } },
  { what: "an empty server id", status: "FIELD_SERVER_ID", spoil: f => { f.serverId = bytesOf(""); } },
  { what: "a server id of 256 bytes", status: "FIELD_SERVER_ID", spoil: f => { f.serverId = bytesOf("61*256"); } },
  { what: "a server id that is not UTF-8", status: "FIELD_SERVER_ID", spoil: f => { f.serverId = bytesOf("61ff"); } },
  { what: "initiator 2", status: "FIELD_RANGE", spoil: f => { f.initiator = 2; } },
  { what: "UI mode 4", status: "FIELD_RANGE", spoil: f => { f.uiMode = 4; } },
  { what: "UI mode -1", status: "FIELD_RANGE", spoil: f => { f.uiMode = -1; } },
];

// biome-ignore format: a table
const ONLY13: Refusal[] = [
  { what: "no Requested-MO", status: "FIELD_REQUESTED_MO", spoil: f => { f.requestedMo = []; } },
  { what: "eight options", status: "FIELD_OPTIONS", spoil: f => { f.requestedMo = [1, 2, 3, 4]; } },
  { what: "transport 5", status: "FIELD_RANGE", spoil: f => { f.transport = 5; } },
  { what: "a timeout of 65536", status: "FIELD_RANGE", spoil: f => { f.timeoutMinutes = 65536; } },
  { what: "a timeout of half a minute", status: "FIELD_RANGE", spoil: f => { f.timeoutMinutes = 0.5; } },
  { what: "timestamp 2^32", status: "FIELD_RANGE", spoil: f => { f.timestamp = 4294967296; } },
  { what: "timestamp -1", status: "FIELD_RANGE", spoil: f => { f.timestamp = -1; } },
  { what: "timestamp Infinity", status: "FIELD_RANGE", spoil: f => { f.timestamp = Infinity; } },
  { what: "Targeted-MO 65536", status: "FIELD_RANGE", spoil: f => { f.targetedMo = [65536]; } },
  { what: "Requested-MO 65536", status: "FIELD_RANGE", spoil: f => { f.requestedMo = [65536]; } },
  { what: "Requested-MO -1", status: "FIELD_RANGE", spoil: f => { f.requestedMo = [-1]; } },
  { what: "bearer 12", status: "FIELD_RANGE", spoil: f => { f.preferredBearer = [12]; } },
  { what: "a Connect-Reason of 4096 bytes", status: "FIELD_TEXT", spoil: f => { f.connectReason = bytesOf("61*4096"); } },
  { what: "a Vendor-Info of 4096 bytes", status: "FIELD_TEXT", spoil: f => { f.vendorInfo = bytesOf("61*4096"); } },
  { what: "a Connect-Reason that is not UTF-8", status: "FIELD_TEXT", spoil: f => { f.connectReason = bytesOf("c3"); } },
  { what: "a Vendor-Info that is not UTF-8", status: "FIELD_TEXT", spoil: f => { f.vendorInfo = bytesOf("ff"); } },
  { what: "an opaque Vendor-Info of 4096 bytes", status: "FIELD_TEXT", spoil: f => { f.isVendorInfoOpaque = true; f.vendorInfo = bytesOf("ff*4096"); } },
  { what: "a server id with a byte order mark", status: "FIELD_NET_UNICODE", spoil: f => { f.serverId = bytesOf("efbbbf61"); } },
  { what: "a Connect-Reason with a C1 control", status: "FIELD_NET_UNICODE", spoil: f => { f.connectReason = bytesOf("61c29f"); } },
  { what: "a Connect-Reason that ends in CR", status: "FIELD_NET_UNICODE", spoil: f => { f.connectReason = bytesOf("610d"); } },
  { what: "a Vendor-Info with CR before another byte than LF", status: "FIELD_NET_UNICODE", spoil: f => { f.vendorInfo = bytesOf("0d0a0d61"); } },
];

// biome-ignore format: a table
const ONLY12: Refusal[] = [
  { what: "version 9", status: "FIELD_RANGE", spoil: f => { f.versionTenths = 9; } },
  { what: "version 13", status: "FIELD_RANGE", spoil: f => { f.versionTenths = 13; } },
  { what: "version 10.5", status: "FIELD_RANGE", spoil: f => { f.versionTenths = 10.5; } },
];
