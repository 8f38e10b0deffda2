/**
 * The library for Node: a server developer builds, signs, sends and debugs notifications with it. Its functions throw,
 * unlike those of src/.
 */
export * from "../codec/index.ts";
export {
  atForm,
  kannelForm,
  type SmsOptions,
  type SmsPart,
  sendTpdus,
  smppForm,
  smppTlvForm,
  smsParts,
  submitTpdus,
} from "../codec/sms-forms.ts";
export { addAccount, readAccountsFile } from "./accounts.ts";
export {
  type DeliverFrom,
  type Listener,
  openHttp,
  openObex,
  openSip,
  type SipOptions,
  type TcpOptions,
} from "./net.ts";
export { type PapMessage, type PapResult, readPapResult, writePap } from "./pap.ts";
export {
  type Answer,
  type ObexSendOptions,
  type SendOptions,
  type SipSendOptions,
  sendHttp,
  sendObex,
  sendPap,
  sendSip,
  sendTo,
} from "./senders.ts";
export { openSerial, type SerialOptions } from "./serial.ts";
export {
  createSessionIds,
  openSessionIds,
  type SessionIdOptions,
  type SessionIds,
  type Validity,
} from "./session-ids.ts";
export { createFileStorage } from "./storage.ts";
export { openUdp, sendUdp } from "./udp.ts";
