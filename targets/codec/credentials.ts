/** Makes and checks digests with the secret of one account. */
import * as pkg0 from "../../src/index.ts";
import { utf8Bytes } from "../../src/index.ts";

/** The secret and the other inputs of a digest. */
export interface Credentials {
  /** AAuthSecret; the digest hashes its UTF-8 bytes. An empty one is none, unless `allowEmptySecret` says otherwise. */
  secret: string;
  /** As in the DMAcc: an empty secret signs and verifies, although anyone can sign with it. By default false. */
  allowEmptySecret?: boolean;
  /** 1.2: AAuthData, raw octets. */
  nonce?: Uint8Array;
  /** 1.2: the name in the digest, when it is not the Server-ID. */
  name?: string;
  /**
   * 1.3: the input of the digest (D1). When absent, a digest is made over "colons", and any of the inputs makes a digest
   * valid.
   */
  digestInput?: pkg0.DigestInput;
}

const sha256 = pkg0.createSha256();
const md5 = pkg0.createMd5();
const scratch = new Uint8Array(pkg0.DIGEST12_SCRATCH_BYTES);

/** The verdict on a digest under a secret. */
export interface Judgement {
  isValid: boolean;
  /**
   * 1.3: the input under which the secret makes this digest, even if it is not the one that was asked for; absent when no
   * input does.
   */
  digestInput?: pkg0.DigestInput;
}

/** Whether `secret` is one to sign with: the rule of a device for the AAuthSecret of an account. */
export function isSecret(secret: string | undefined, allowEmptySecret = false): boolean {
  return secret !== undefined && (secret !== "" || allowEmptySecret);
}

/** Checks the digest of the notification in `n`. */
export function judgeDigest(n: pkg0.Notification, credentials: Credentials): Judgement {
  const secret = utf8Bytes(credentials.secret);
  if (n.format !== pkg0.FORMAT_13) {
    const id = n.bytes.subarray(n.serverIdAt, n.serverIdAt + n.serverIdLength);
    const name = credentials.name === undefined ? id : utf8Bytes(credentials.name);
    const isRight = pkg0.verifyDigest12(n, md5, name, secret, credentials.nonce ?? NO_NONCE, scratch);
    return { isValid: isRight && isSecret(credentials.secret, credentials.allowEmptySecret) };
  }
  const index = pkg0.DIGEST_INPUTS.findIndex((_, i) => pkg0.verifyDigest13(n, sha256, secret, i));
  const digestInput = pkg0.DIGEST_INPUTS[index] as pkg0.DigestInput | undefined;
  if (digestInput === undefined) return { isValid: false };
  const isAsked = digestInput === (credentials.digestInput ?? digestInput);
  return { isValid: isAsked && isSecret(credentials.secret, credentials.allowEmptySecret), digestInput };
}

const NO_NONCE = new Uint8Array(0);

/** Whether the secret makes the digest of the notification in `n`. */
export function isDigestValid(n: pkg0.Notification, credentials: Credentials): boolean {
  return judgeDigest(n, credentials).isValid;
}

/** Signs `fields` and writes them to `out`, whose length is exactly theirs. Returns the offset after it, or a negative status. */
export function writeSigned(
  fields: pkg0.NotificationFields & { format: number },
  credentials: Credentials,
  out: Uint8Array,
): number {
  const secret = utf8Bytes(credentials.secret);
  if (fields.format !== pkg0.FORMAT_12) {
    return pkg0.writeNotification13(
      fields,
      sha256,
      secret,
      pkg0.DIGEST_INPUTS.indexOf(credentials.digestInput ?? "colons"),
      out,
      0,
    );
  }
  const name = credentials.name === undefined ? fields.serverId : utf8Bytes(credentials.name);
  return pkg0.writeNotification12(fields, md5, name, secret, credentials.nonce ?? NO_NONCE, out, 0, scratch);
}
