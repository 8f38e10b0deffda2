/** Writes random fields and reads them again; and reads structured pushes that mutation rarely reaches. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as pkg0 from "../../src/index.ts";
import { OK } from "../../src/status.ts";
import { hexOf } from "../suite/vectors.ts";
import { type Fields, fieldsOf } from "../suite/writers.ts";
import { findTwinFault } from "../twin/net-unicode.ts";
import { isTwinDigest12, readTwin12 } from "../twin/notification12.ts";
import { isTwinDigest13, readTwin13 } from "../twin/notification13.ts";
import { readTwinPush } from "../twin/wsp.ts";

const RUNS = { numRuns: 500 };
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 1) });

const n = pkg0.newNotification();
const sha256 = pkg0.createSha256();
const md5 = pkg0.createMd5();
const scratch = new Uint8Array(pkg0.DIGEST12_SCRATCH_BYTES);
const out = new Uint8Array(9000);

/** Any text, which sometimes breaks the rules of Net-Unicode (RFC 5198 §2). */
const unit = fc.oneof(
  { weight: 40, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }) },
  fc.constantFrom("\uFEFF", "\u0080", "\u009F", "\r", "\r\n", "\n", "\u00A0"),
);
const utf8 = (minLength: number, maxLength: number) =>
  fc
    .string({ unit, minLength, maxLength })
    .map(text => new TextEncoder().encode(text))
    .filter(bytes => bytes.length <= 255);
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const mo = fc.oneof(fc.integer({ min: 0, max: 65535 }), fc.constantFrom(0, 255, 256, 65535));

/** Fields that both writers take, except for the number of options. */
const fields: fc.Arbitrary<Fields> = fc.record({
  initiator: fc.integer({ min: 0, max: 1 }),
  uiMode: fc.integer({ min: 0, max: 3 }),
  transport: fc.integer({ min: 0, max: 4 }),
  timeoutMinutes: fc.integer({ min: 0, max: 65535 }),
  sessionId: fc.integer({ min: 1, max: 65535 }),
  timestamp: fc.integer({ min: 0, max: 4294967295 }),
  serverId: utf8(1, 60),
  targetedMo: fc.array(mo, { maxLength: 3 }),
  requestedMo: fc.array(mo, { minLength: 1, maxLength: 2 }),
  preferredBearer: fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 3 }),
  connectReason: utf8(0, 60),
  vendorInfo: bytes(300),
  isVendorInfoOpaque: fc.constant(true),
  versionTenths: fc.integer({ min: 10, max: 12 }),
});
const countOf = (f: Fields): number =>
  1 +
  f.targetedMo.length +
  f.requestedMo.length +
  f.preferredBearer.length +
  Math.sign(f.connectReason.length) +
  Math.sign(f.vendorInfo.length);

describe("DM 1.3", () => {
  test("reads what it wrote, and so does the twin", () => {
    fc.assert(
      fc.property(fields, fc.string({ unit: "grapheme-ascii", maxLength: 100 }), (f, secret) => {
        const secretBytes = new TextEncoder().encode(secret);
        const end = pkg0.writeNotification13(f, sha256, secretBytes, pkg0.DIGEST_COLONS, out, 7);
        if (end > 0) expect(pkg0.sizeOfNotification13(f)).toBe(end - 7);
        const isNetUnicode = findTwinFault(f.serverId) < 0 && findTwinFault(f.connectReason) < 0;
        if (countOf(f) > 7 || !isNetUnicode) {
          expect(pkg0.statusName(-end)).toBe(isNetUnicode ? "FIELD_OPTIONS" : "FIELD_NET_UNICODE");
          return;
        }
        expect(pkg0.readNotification13(out, 7, end, n, 0)).toBe(OK);
        const { isVendorInfoOpaque: _1, ...written } = f;
        expect(fieldsOf(n)).toEqual({ ...written, versionTenths: 13 });
        expect(pkg0.verifyDigest13(n, sha256, secretBytes, pkg0.DIGEST_COLONS)).toBe(true);
        const longer = Uint8Array.from([...secretBytes, 0]);
        expect(pkg0.verifyDigest13(n, sha256, longer, pkg0.DIGEST_COLONS)).toBe(false);
        expect(pkg0.verifyDigest13(n, sha256, secretBytes, pkg0.DIGEST_PLAIN)).toBe(false);
        const message = out.slice(7, end);
        const { versionTenths: _2, ...rest } = written;
        expect(readTwin13(message, true, false)).toEqual(rest);
        expect(isTwinDigest13(message, secret)).toBe(true);
      }),
      RUNS,
    );
  });
});

describe("DM 1.2", () => {
  test("reads what it wrote, and so does the twin", () => {
    const text = fc.string({ unit: "grapheme-ascii", maxLength: 70 });
    fc.assert(
      fc.property(fields, text, text, bytes(70), (f, name, password, nonce) => {
        const encoder = new TextEncoder();
        const keys = [encoder.encode(name), encoder.encode(password), nonce] as const;
        const end = pkg0.writeNotification12(f, md5, ...keys, out, 7, scratch);
        expect(pkg0.readNotification12(out, 7, end, n)).toBe(OK);
        const { versionTenths, initiator, uiMode, sessionId, serverId, vendorInfo } = f;
        const expected = { versionTenths, initiator, uiMode, sessionId, serverId, vendorInfo };
        expect(fieldsOf(n)).toMatchObject(expected);
        expect(pkg0.verifyDigest12(n, md5, ...keys, scratch)).toBe(true);
        expect(scratch.every(byte => byte === 0)).toBe(true);
        const longer = Uint8Array.from([...nonce, 0]);
        expect(pkg0.verifyDigest12(n, md5, keys[0], keys[1], longer, scratch)).toBe(false);
        const message = out.slice(7, end);
        expect(readTwin12(message)).toEqual(expected);
        expect(isTwinDigest12(message, name, password, nonce)).toBe(true);
      }),
      RUNS,
    );
  });
});

describe("WSP", () => {
  const uintvar = (value: number): number[] => (value < 128 ? [value] : [0x80 | (value >> 7), value & 127]);
  const text = fc
    .constantFrom(
      "application/vnd.syncml.dm.notification",
      "application/vnd.syncml.notification ;a=b",
      "x-wap-application:syncml.dm",
      "x-wap-application:mms.ua",
      "X-Wap-Application-Id",
      "x-y",
      "",
    )
    .map(string => [...Buffer.from(string || " "), 0]);
  const octets = fc.oneof(
    fc.constantFrom([0x07], [0x00, 0x07], [0x58], [0x00, 0x44], [0x01, 0x58], [0x02, 0x00, 0x58], [0xd8, 0x81, 0x80]),
    fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 33 }),
  );
  const value = fc.oneof(
    fc.constantFrom([0x87], [0xd8], [0xc4], [0x84]),
    text,
    octets.map(some => (some.length < 31 ? [some.length, ...some] : [31, ...uintvar(some.length), ...some])),
    octets.map(some => [31, ...uintvar(some.length), ...some]),
  );
  const shift = fc.constantFrom([0x7f, 1], [0x7f, 2], [1], [2], [0x1f]);
  const header = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(fc.constantFrom([0xaf], [0x8d], [0xb1]), value).map(pair => pair.flat()) },
    { weight: 2, arbitrary: fc.tuple(text, value).map(pair => pair.flat()) },
    { weight: 1, arbitrary: shift },
  );

  test("headers in any form and order, as the twin reads them", () => {
    const p = pkg0.newPush();
    let accepted = 0;
    fc.assert(
      fc.property(
        value,
        fc.array(header, { maxLength: 4 }),
        bytes(5),
        fc.constantFrom(0, 0, 0, -1, 1),
        (type, headers, body, nudge) => {
          const block = [...type, ...headers.flat()];
          const message = Uint8Array.from([9, 6, ...uintvar(block.length + nudge), ...block, ...body]);
          const status = pkg0.readPush(message, 0, message.length, p, 200);
          let twin = null;
          try {
            twin = readTwinPush(message, 200);
          } catch {}
          expect(status === OK).toBe(twin !== null);
          if (twin === null) return;
          accepted++;
          expect([p.tid, p.contentType]).toEqual([twin.tid, twin.contentType]);
          expect(hexOf(message, p.bodyFrom, p.bodyTo)).toBe(Buffer.from(twin.body).toString("hex"));
        },
      ),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(0);
  });
});

test("no bytes at all make a reader throw", () => {
  const p = pkg0.newPush();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), some => {
      pkg0.readNotification13(some, 0, some.length, n, 0);
      pkg0.readNotification12(some, 0, some.length, n);
      pkg0.readPush(some, 0, some.length, p, 48);
    }),
    { numRuns: 2000 },
  );
});
