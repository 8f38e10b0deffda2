import { type Api, bytesOf, REFERENCE, SECRET } from "./index.ts";

/** Reads and verifies messages `times` times; allocates nothing after its set-up, which does not outlast the call. */
export function repeatAll(pkg0: Api, times: number): void {
  const bytes = bytesOf(REFERENCE);
  const secret = bytesOf(SECRET);
  const n = pkg0.newNotification();
  const sha256 = pkg0.createSha256();
  const scratch = new Uint8Array(32);
  for (let i = 0; i < times; i++) {
    pkg0.readNotification13(bytes, 0, bytes.length, n, 0);
    pkg0.verifyDigest13(n, sha256, secret, 0, scratch);
  }
}
