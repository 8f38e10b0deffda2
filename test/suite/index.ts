/** The checks that every engine runs, in the device dialect: `t` is the engine's runner, `pkg0` the API under test. */
import { NOTIFICATION_SHORT, OK, SESSION_ID_ZERO } from "../../src/status.ts";
import { smsSuite } from "./sms.ts";

/** What a check reports to. `fn` runs at once. */
export interface Suite {
  test(name: string, fn: () => void): void;
  equal(actual: unknown, expected: unknown, what: string): void;
  ok(condition: boolean, what: string): void;
}

/** The API under test: the names of src/index.ts. */
export type Api = typeof import("../../src/index.ts");

/** formats.md §1, secret "secret13". */
export const REFERENCE =
  "17500000003c12346553f100100c6d676d742e6578616d706c65300101400102" +
  "4f428dec4600bb36ea3b1475285d75af13f332d9cbff0224776c3ae75a2b845a";
export const SECRET = "7365637265743133";

export function bytesOf(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.substring(2 * i, 2 * i + 2), 16);
  return bytes;
}

export function suite(t: Suite, pkg0: Api): void {
  const bytes = bytesOf(REFERENCE);
  const secret = bytesOf(SECRET);
  const n = pkg0.newNotification();

  t.test("reference vector: status", () => {
    t.equal(pkg0.readNotification13(bytes, 0, bytes.length, n, 0), OK, "status");
  });
  t.test("reference vector: header", () => {
    t.equal(n.initiator, 1, "initiator");
    t.equal(n.uiMode, 1, "uiMode");
    t.equal(n.transport, 2, "transport");
  });
  t.test("reference vector: session", () => {
    t.equal(n.sessionId, 0x1234, "sessionId");
    t.equal(n.timeoutMinutes, 60, "timeoutMinutes");
    t.equal(n.timestamp, 1700000000, "timestamp");
  });
  t.test("reference vector: Server-ID", () => {
    t.equal(n.serverIdAt, 14, "serverIdAt");
    t.equal(n.serverIdLength, 12, "serverIdLength");
  });
  t.test("reference vector: Requested-MO", () => {
    t.equal(n.requestedMoCount, 1, "requestedMoCount");
    t.equal(n.requestedMo[0], 1, "requestedMo");
  });
  t.test("reference vector: Preferred-Bearer", () => {
    t.equal(n.preferredBearerCount, 1, "preferredBearerCount");
    t.equal(n.preferredBearer[0], 2, "preferredBearer");
  });
  t.test("reference vector: digest", () => {
    t.ok(pkg0.verifyDigest13(n, pkg0.createSha256(), secret, 0, new Uint8Array(32)), "digest");
  });
  t.test("every strict prefix is refused", () => {
    for (let to = 0; to < bytes.length; to++) {
      const status = pkg0.readNotification13(bytes, 0, to, n, 0);
      t.ok(status !== OK && n.at <= to, `prefix of ${to} bytes`);
    }
    t.equal(pkg0.readNotification13(bytes, 0, 43, n, 0), NOTIFICATION_SHORT, "43 bytes");
  });
  t.test("session id 0", () => {
    const other = bytesOf(REFERENCE);
    other[6] = 0;
    other[7] = 0;
    t.equal(pkg0.readNotification13(other, 0, other.length, n, 0), SESSION_ID_ZERO, "status");
    t.equal(n.at, 6, "at");
  });
  t.test("a changed byte fails the digest", () => {
    const other = bytesOf(REFERENCE);
    other[11] ^= 1;
    t.equal(pkg0.readNotification13(other, 0, other.length, n, 0), OK, "status");
    t.ok(!pkg0.verifyDigest13(n, pkg0.createSha256(), secret, 0, new Uint8Array(32)), "digest");
  });
  smsSuite(t, pkg0);
}
