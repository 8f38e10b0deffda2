/** command_status of SMPP 3.4 §5.1.3: the names and words of the standard, which the operator of the SMS centre knows. */
const STATUSES: { readonly [status: number]: readonly [name: string, words: string] } = {
  0: ["ESME_ROK", "no error"],
  1: ["ESME_RINVMSGLEN", "message length is invalid"],
  2: ["ESME_RINVCMDLEN", "command length is invalid"],
  3: ["ESME_RINVCMDID", "invalid command id"],
  4: ["ESME_RINVBNDSTS", "incorrect bind status for given command"],
  5: ["ESME_RALYBND", "already in bound state"],
  6: ["ESME_RINVPRTFLG", "invalid priority flag"],
  7: ["ESME_RINVREGDLVFLG", "invalid registered delivery flag"],
  8: ["ESME_RSYSERR", "system error"],
  10: ["ESME_RINVSRCADR", "invalid source address"],
  11: ["ESME_RINVDSTADR", "invalid destination address"],
  12: ["ESME_RINVMSGID", "message id is invalid"],
  13: ["ESME_RBINDFAIL", "bind failed"],
  14: ["ESME_RINVPASWD", "invalid password"],
  15: ["ESME_RINVSYSID", "invalid system id"],
  17: ["ESME_RCANCELFAIL", "cancel_sm failed"],
  19: ["ESME_RREPLACEFAIL", "replace_sm failed"],
  20: ["ESME_RMSGQFUL", "message queue full"],
  21: ["ESME_RINVSERTYP", "invalid service type"],
  51: ["ESME_RINVNUMDESTS", "invalid number of destinations"],
  52: ["ESME_RINVDLNAME", "invalid distribution list name"],
  64: ["ESME_RINVDESTFLAG", "destination flag is invalid"],
  66: ["ESME_RINVSUBREP", "invalid submit with replace request"],
  67: ["ESME_RINVESMCLASS", "invalid esm_class field data"],
  68: ["ESME_RCNTSUBDL", "cannot submit to distribution list"],
  69: ["ESME_RSUBMITFAIL", "submit_sm failed"],
  72: ["ESME_RINVSRCTON", "invalid source address TON"],
  73: ["ESME_RINVSRCNPI", "invalid source address NPI"],
  80: ["ESME_RINVDSTTON", "invalid destination address TON"],
  81: ["ESME_RINVDSTNPI", "invalid destination address NPI"],
  83: ["ESME_RINVSYSTYP", "invalid system_type field"],
  84: ["ESME_RINVREPFLAG", "invalid replace_if_present flag"],
  85: ["ESME_RINVNUMMSGS", "invalid number of messages"],
  88: ["ESME_RTHROTTLED", "throttling error: allowed message limits exceeded"],
  97: ["ESME_RINVSCHED", "invalid scheduled delivery time"],
  98: ["ESME_RINVEXPIRY", "invalid message validity period"],
  99: ["ESME_RINVDFTMSGID", "predefined message invalid or not found"],
  100: ["ESME_RX_T_APPN", "ESME receiver temporary application error"],
  101: ["ESME_RX_P_APPN", "ESME receiver permanent application error"],
  102: ["ESME_RX_R_APPN", "ESME receiver reject message error"],
  103: ["ESME_RQUERYFAIL", "query_sm failed"],
  192: ["ESME_RINVOPTPARSTREAM", "error in the optional part of the PDU body"],
  193: ["ESME_ROPTPARNOTALLWD", "optional parameter not allowed"],
  194: ["ESME_RINVPARLEN", "invalid parameter length"],
  195: ["ESME_RMISSINGOPTPARAM", "expected optional parameter missing"],
  196: ["ESME_RINVOPTPARAMVAL", "invalid optional parameter value"],
  254: ["ESME_RDELIVERYFAILURE", "delivery failure"],
  255: ["ESME_RUNKNOWNERR", "unknown error"],
};

export const ESME_ROK = 0x00;
export const ESME_RINVCMDID = 0x03;
export const ESME_RALYBND = 0x05;
export const ESME_RSYSERR = 0x08;
export const ESME_RMSGQFUL = 0x14;
export const ESME_RTHROTTLED = 0x58;
export const ESME_RX_T_APPN = 0x64;

/** The name, such as "ESME_RINVDSTADR"; the number in hex for a code of the centre's own (0x400 to 0x4FF). */
export function commandStatusName(status: number): string {
  return STATUSES[status]?.[0] ?? `0x${status.toString(16).toUpperCase().padStart(8, "0")}`;
}

/** The words of the standard. */
export function commandStatusWords(status: number): string {
  const isVendors = status >= 0x400 && status <= 0x4ff;
  return STATUSES[status]?.[1] ?? (isVendors ? "an error of the SMS centre's own" : "a status that SMPP 3.4 reserves");
}

/** The name and the words: "ESME_RINVDSTADR (invalid destination address)". */
export function commandStatusText(status: number): string {
  return `${commandStatusName(status)} (${commandStatusWords(status)})`;
}

/** The same with its number, of a name such as "ESME_RTHROTTLED"; undefined for no name of the standard. */
export function commandStatusNamed(name: string): string | undefined {
  const number = Object.keys(STATUSES).find(one => STATUSES[Number(one)]![0] === name);
  if (number === undefined) return undefined;
  return `0x${Number(number).toString(16).toUpperCase().padStart(8, "0")}  ${name}: ${commandStatusWords(Number(number))} (SMPP 3.4 §5.1.3)`;
}
