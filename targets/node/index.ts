/** The Node face: what a server developer builds, signs and debugs notifications with. Only this one throws. */
export { readAccountsFile } from "./accounts.ts";
export { explain } from "./explain.ts";
export { FieldError, fieldsOf, jsonOf, type NotificationJson } from "./fields.ts";
export { type Credentials, type Decoded, decode, decodeHex, encode, isDigestValid, pushOf } from "./messages.ts";
export { createFileStorage } from "./storage.ts";
export { openUdp, sendUdp } from "./udp.ts";
