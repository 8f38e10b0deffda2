/** What the suite needs of a test framework. Each engine's runner brings its own. */
export interface T {
  /** Runs `check` now, and counts it as failed when one of its comparisons does or when it throws. */
  test(name: string, check: () => void): void;
  equal(actual: string | number | boolean | null, expected: string | number | boolean | null, what: string): void;
  ok(condition: boolean, what: string): void;
}

/** The API under test: a bundle's global, or src itself. */
export type Pkg0 = Pick<typeof import("../../src/hash/sha256.ts"), "createSha256"> &
  Pick<typeof import("../../src/hash/md5.ts"), "createMd5"> &
  Pick<typeof import("../../src/hash/base64.ts"), "readBase64" | "writeBase64"> &
  Pick<typeof import("../../src/notification/utf8.ts"), "checkUtf8"> &
  Pick<typeof import("../../src/notification/fields.ts"), "newNotification"> &
  Pick<
    typeof import("../../src/notification/read13.ts"),
    "readNotification13" | "REQUESTED_MO_OPTIONAL" | "VENDOR_INFO_STRICT"
  > &
  Pick<
    typeof import("../../src/notification/digest13.ts"),
    "computeDigest13" | "verifyDigest13" | "DIGEST_COLONS" | "DIGEST_PLAIN"
  > &
  Pick<typeof import("../../src/notification/write13.ts"), "sizeOfNotification13" | "writeNotification13"> &
  Pick<typeof import("../../src/notification/read12.ts"), "readNotification12"> &
  Pick<
    typeof import("../../src/notification/digest12.ts"),
    "computeDigest12" | "verifyDigest12" | "DIGEST12_SCRATCH_BYTES"
  > &
  Pick<typeof import("../../src/notification/write12.ts"), "writeNotification12"> &
  Pick<typeof import("../../src/push/wsp.ts"), "newPush" | "readPush" | "writePushHeader">;

/** A reader under the laws: one format with the keys that a vector names. All calls share one record. */
export interface Codec {
  /** Reads into the record; the status. */
  read(bytes: Uint8Array, from: number, to: number): number;
  /** `at` of the record. */
  at(): number;
  /** Everything that the last read found, as text; offsets are relative to `from`. */
  summary(from: number): string;
  /** Whether the digest of what was read last is right; false for a format that has none. */
  isVerified(): boolean;
  /** Whether a cut message may still be read (its last field has no length of its own). */
  isOpenEnded: boolean;
}
