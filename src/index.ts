/** pkg0: OMA DM notifications. The public face, in the order of the pipeline. */

// what a board supplies
export type * from "./hal.ts";

// profile, §7
export { MIME_12, MIME_13 } from "./push/dm.ts";
export { newPush, PUSH_HEADER_BYTES, type Push, readPush, writePushHeader } from "./push/wsp.ts";
export { isOthers, locateTpdu, newTpdu, readTpdu, skipSmsc, type Tpdu } from "./push/sms/tpdu.ts";
export { createSmsReceive, type SmsReceive, type SmsReceiveOptions } from "./push/sms/receive.ts";
export type { PartStore } from "./push/sms/reassembly.ts";
export { createWdpReceive, newWdp, readWdp, type Wdp, type WdpReceive } from "./push/sms/cdma.ts";
export type { Modem, ModemOptions } from "./push/sms/modem.ts";
export { createModem } from "./push/sms/at-modem.ts";
export { createSending, type Sending } from "./push/sms/at-send.ts";
export {
  countParts,
  DCS_DATA,
  DCS_DATA_CLASS_1,
  SUBMIT_BYTES,
  writePart,
  writeSubmit,
} from "./push/sms/submit.ts";
export type { DeliverEntity, PushConnection, Refused } from "./push/connection.ts";
export type { SipCredentials } from "./push/sip-digest.ts";
export { createSipPush, type SipPush, type SipPushOptions } from "./push/sip.ts";
export { createSipRegistration, type SipRegistration, type SipRegistrationOptions } from "./push/sip-register.ts";
export { readSipResponse, SIP_MESSAGE_BYTES, type SipMessageFields, writeSipMessage } from "./push/sip-send.ts";
export { type HeaderLine, newHeaderLine } from "./push/header-lines.ts";
export { createHttpPush, type HttpPushOptions } from "./push/http.ts";
export { type HttpAnswer, readHttpAnswer, writeHttpPost } from "./push/http-send.ts";
export { createObexPush, type ObexPushOptions } from "./push/obex.ts";
export { createObexPut, type ObexPut, type ObexPutOptions } from "./push/obex-send.ts";

// Package #0, §6
export { type Notification, type NotificationFields, newNotification } from "./notification/fields.ts";
export { REQUESTED_MO_OPTIONAL, readNotification13, VENDOR_INFO_STRICT } from "./notification/read13.ts";
export { readNotification12 } from "./notification/read12.ts";
export { computeDigest13, DIGEST_COLONS, DIGEST_PLAIN, verifyDigest13 } from "./notification/digest13.ts";
export { computeDigest12, DIGEST12_SCRATCH_BYTES, verifyDigest12 } from "./notification/digest12.ts";
export { sizeOfNotification13, writeNotification13 } from "./notification/write13.ts";
export { writeNotification12 } from "./notification/write12.ts";
export { checkUtf8, utf8Bytes, utf8Text } from "./notification/utf8.ts";

// what its digests are made with
export { createWholeMessageHash, type Hash } from "./hash/hash.ts";
export { createSha256 } from "./hash/sha256.ts";
export { createMd5 } from "./hash/md5.ts";
export { readBase64, writeBase64 } from "./hash/base64.ts";
export { equalBytes } from "./hash/equal.ts";

// account
export type { AppAuth, DmAcc } from "./account/dmacc.ts";
export { createStore, type Store } from "./account/store.ts";
export { type Characteristic, readW7 } from "./account/w7.ts";

// admission and session; createClient puts all of it together
export { createClient } from "./client/client.ts";
export type { Client } from "./client/interface.ts";
export type { About, ClientOptions } from "./client/options.ts";
export { sessionIdText } from "./client/sessions.ts";

// what each of them answers
export * from "./status.ts";
export { STATUSES, statusMeaning, statusName } from "./status-names.ts";
