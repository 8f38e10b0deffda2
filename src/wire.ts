/** Numbers that the formats fix. This file imports nothing, so esbuild inlines every number and drops the names. */

/** Which format a Package #0 has: FORMAT_13 or FORMAT_12. */
export type Format = number;
export const FORMAT_13 = 13;
export const FORMAT_12 = 12;

/** Bytes of the fixed parts of Package #0, DM 1.3 (§6). */
export const HEADER_BYTES = 12;
export const SHA256_BYTES = 32;

/** Bytes of the fixed parts of DM 1.2's: the digest, and the trigger header up to the server identifier. */
export const MD5_BYTES = 16;
export const TRIGGER_HEADER_BYTES = 8;

/** Option numbers (§6.3): format, bytes, how often. */
export const OPTION_SERVER_ID = 1; //        String  1-256   once
export const OPTION_TARGETED_MO = 2; //      Uint    1-2     any number
export const OPTION_REQUESTED_MO = 3; //     Uint    1-2     at least once
export const OPTION_PREFERRED_BEARER = 4; // Uint    1       any number, first = highest priority
export const OPTION_CONNECT_REASON = 5; //   String  1-4095  at most once
export const OPTION_VENDOR_INFO = 6; //      String  1-4095  at most once

/** OPC has three bits (§6.4.2), so no more options than this fit into one message. */
export const OPTIONS_MAX = 7;

/** UIM (§6.4.4). */
export const UI_NOT_SPECIFIED = 0;
export const UI_BACKGROUND = 1;
export const UI_INFORMATIVE = 2;
export const UI_USER_INTERACTION = 3;

/** TRA (§6.4.5); 5 to 7 are reserved. */
export const TRANSPORT_NOT_SPECIFIED = 0;
export const TRANSPORT_WSP = 4;

/** The highest Preferred-Bearer value that has a meaning: LOCAL, a DM server on the smart card (§6.5). */
export const BEARER_MAX = 11;

/** CONTENT_TYPE_13, CONTENT_TYPE_12, or CONTENT_TYPE_OTHER where the type is another or not known. */
export type ContentType = number;
/** WSP (WAP-230): the codes of our two content types. */
export const CONTENT_TYPE_13 = 0x58;
export const CONTENT_TYPE_12 = 0x44;
export const CONTENT_TYPE_OTHER = 0;

/** Bytes of the headers of a push at most (§7.1). */
export const PUSH_HEADERS_MAX = 48;

/** The port of connectionless WAP Push (§7.1.1). */
export const PUSH_PORT = 2948;

/** The port that pushes usually come from; receivers ignore it. */
export const PUSH_SOURCE_PORT = 9200;

/** Octets of user data in one short message (3GPP TS 23.040 §9.2.3.24). */
export const USER_DATA_MAX = 140;

/** TP-MTI of the two TPDUs that carry user data (§9.2.3.1). */
export const TPDU_DELIVER = 0;
export const TPDU_SUBMIT = 1;

/** How a notification came: VIA_*. */
export type Via = number;
export const VIA_UDP = 1;
export const VIA_SMS = 2;
export const VIA_SIP = 3;
export const VIA_HTTP = 4;
export const VIA_OBEX = 5;

/** What SessionStarter.start returns. */
export const SESSION_STARTED = 0;
export const SESSION_DECLINED = 1;
export const SESSION_LATER = 2;
