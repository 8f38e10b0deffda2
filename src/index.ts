/**
 * pkg0: OMA DM notifications. The public face, in the order of the pipeline.
 *
 * What a caller promises: arguments have their types, `bytes[from..to)` lies in `bytes`, and `out` has room from `at` on. A
 * value of another type may throw, and a length beyond all memory may take for ever. Three things are checked all the same:
 * what takes received bytes (readers of messages, receivers, and the answers to senders) ends at once with a status, whatever
 * `from` and `to` are; writers refuse a number out of its range; and a Client answers anything in the place of an account, a
 * name, a nonce or a session with a status. A span that is not in `bytes` is FIELD_RANGE, or the status of a malformed message;
 * the readers of the client, where every byte counts, may read it as if nothing stood behind the bytes.
 */

// the interface of a board
export type * from "./hal.ts";

// profile, §7
export { DM_APPLICATION, MIME_12, MIME_13 } from "./push/dm.ts";
export { newPush, PUSH_HEADER_BYTES, type Push, readPush, writePushHeader } from "./push/wsp.ts";
export { isOthers, isSettled, locateTpdu, newTpdu, readTpdu, skipSmsc, type Tpdu } from "./push/sms/tpdu.ts";
export { createSmsReceiver, type SmsReceiver, type SmsReceiverOptions } from "./push/sms/receiver.ts";
export type { PartSets } from "./push/sms/reassembly.ts";
export { createWdpReceiver, newWdp, readWdp, type Wdp, type WdpReceiver } from "./push/sms/cdma.ts";
export type { Modem, ModemOptions } from "./push/at/interface.ts";
export { createModem } from "./push/at/modem.ts";
export { createAtSender, type AtSender } from "./push/at/sender.ts";
export {
  countParts,
  DCS_DATA,
  DCS_DATA_CLASS_1,
  SUBMIT_BYTES,
  writePart,
  writeSubmit,
} from "./push/sms/submit.ts";
export type { ConnectionOptions, DeliverEntity, OnRefused, PushConnection, PushSender } from "./push/connection.ts";
export type { SipCredentials } from "./push/sip/digest.ts";
export { createSipReceiver, type SipReceiver, type SipReceiverOptions } from "./push/sip/receiver.ts";
export { createSipRegisterSender, type SipRegisterOptions, type SipRegisterSender } from "./push/sip/register.ts";
export { createSipSender, type SipSenderOptions } from "./push/sip/sender.ts";
export { SIP_MESSAGE_BYTES, type SipMessageFields, writeSipMessage } from "./push/sip/write.ts";
export { createHttpReceiver, type HttpReceiverOptions } from "./push/http/receiver.ts";
export { createHttpSender, type HttpSender, type HttpSenderOptions } from "./push/http/sender.ts";
export { writeHttpPost } from "./push/http/write.ts";
export { createObexReceiver, type ObexReceiverOptions } from "./push/obex/receiver.ts";
export { createObexSender, type ObexSenderOptions } from "./push/obex/sender.ts";

// Package #0, §6
export { type Notification, type NotificationFields, newNotification } from "./notification/fields.ts";
export { REQUESTED_MO_OPTIONAL, readNotification13, VENDOR_INFO_STRICT } from "./notification/read13.ts";
export { readNotification12 } from "./notification/read12.ts";
export { readNotification } from "./notification/format.ts";
export {
  computeDigest13,
  DIGEST_COLONS,
  DIGEST_INPUTS,
  DIGEST_ONE_COLON,
  DIGEST_PLAIN,
  verifyDigest13,
} from "./notification/digest13.ts";
export { computeDigest12, DIGEST12_SCRATCH_BYTES, verifyDigest12 } from "./notification/digest12.ts";
export { sizeOfNotification13, writeNotification13 } from "./notification/write13.ts";
export { writeNotification12 } from "./notification/write12.ts";
export { checkNetUnicode, checkUtf8, utf8Bytes, utf8Text } from "./notification/utf8.ts";

// the hashes
export { createWholeMessageHash, type Hash } from "./hash/hash.ts";
export { createSha256 } from "./hash/sha256.ts";
export { createMd5 } from "./hash/md5.ts";
export { readBase64, writeBase64 } from "./hash/base64.ts";
export { equalBytes } from "./hash/equal.ts";

// account
export type { AppAuth, DigestInput, DmAcc } from "./account/dmacc.ts";
export { createStore, type Store } from "./account/store.ts";
export { type Characteristic, readW7 } from "./account/w7.ts";

// admission and sessions; createClient joins all of these
export { createClient } from "./client/client.ts";
export type { Client } from "./client/interface.ts";
export type { About, ClientOptions } from "./client/options.ts";
export { sessionIdText } from "./client/pending.ts";

// the statuses that they return
export * from "./status.ts";
export * from "./wire.ts";
export { STATUSES, statusMeaning, statusName } from "./status-names.ts";
