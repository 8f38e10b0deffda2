/** Codes beside the statuses in the answers of a server's commands. They have no number, because no device logs them. */

export const HOST_CODES = {
  NOT_SENT: "the message was not handed over: the error beside it says why",
  UNSENDABLE: "encode would write other bytes: a server must not send these; --unchecked sends them",
  LINE_UNREADABLE: "a line of a campaign's file is neither a JSON object nor a CSV record",
  ADDRESS_MISSING: "a line of a campaign's file has no address",
  FIELD_OURS: "a line of a campaign's file has a field that the campaign sets: sessionId or timestamp",
  ACCOUNT_MISSING: "a line of a campaign's file names no account, or one that is not in --accounts, or several",
  ACCOUNT_UNFIT: "a line of a campaign's file has an account that is no DMAcc",
  SECRET_MISSING: "the account has no AAuthSecret with which a notification is signed (§6.6)",
  DEVICE_TWICE: "a line of a campaign's file is for the device of an earlier line, and is left out",
  ADDRESS_UNFIT: "the address is none that this link can send to",
  MESSAGE_LONG: "the message is longer than this link can carry",
  NO_ANSWER: "the message went out several times, and there was never an answer",
  WAITED_TOO_LONG: "the message waited longer than its TIMEOUT: pkg0 campaign retry prepares it anew",
  RECEIPT: "the receipt of the SMS centre says that the message did not arrive",
} as const;

export type HostCode = keyof typeof HOST_CODES;
