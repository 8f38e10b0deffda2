/** Numbers that the formats fix. This file imports nothing, so esbuild inlines every number and drops the names. */

/** The format of a Package #0: FORMAT_13 or FORMAT_12. */
export type Format = number;
/** The format of DM 1.3. */
export const FORMAT_13 = 13;
/** The format of DM 1.2. */
export const FORMAT_12 = 12;

/** Bytes of the header of Package #0 in DM 1.3 (§6.1). */
export const HEADER_BYTES = 12;
/** Bytes of the digest of DM 1.3 (§6.6). */
export const SHA256_BYTES = 32;

/** Bytes of the digest of DM 1.2. */
export const MD5_BYTES = 16;
/** Bytes of the trigger header of DM 1.2 up to the server identifier. */
export const TRIGGER_HEADER_BYTES = 8;

/** Option numbers (§6.3): format, bytes, how often. */
export const OPTION_SERVER_ID = 1; //        String  1-256   once
/** Uint of 1 or 2 bytes, any number of times (§6.5.2). */
export const OPTION_TARGETED_MO = 2; //      Uint    1-2     any number
/** Uint of 1 or 2 bytes, at least once (§6.5.4). */
export const OPTION_REQUESTED_MO = 3; //     Uint    1-2     at least once
/** Uint of 1 byte, any number of times; the first has the highest priority (§6.5.6). */
export const OPTION_PREFERRED_BEARER = 4; // Uint    1       any number, first = highest priority
/** String of 1 to 4095 bytes, at most once (§6.5.5). */
export const OPTION_CONNECT_REASON = 5; //   String  1-4095  at most once
/** Bytes, 1 to 4095, at most once (§6.5.3). */
export const OPTION_VENDOR_INFO = 6; //      String  1-4095  at most once

/** OPC has three bits (§6.4.2), so no more options than this fit into one message. */
export const OPTIONS_MAX = 7;

/** UIM (§6.4.4). */
export const UI_NOT_SPECIFIED = 0;
/** Nothing is shown. */
export const UI_BACKGROUND = 1;
/** UIM 2: the user is told (§6.4.4). */
export const UI_INFORMATIVE = 2;
/** UIM 3: the user is asked (§6.4.4). */
export const UI_USER_INTERACTION = 3;

/** TRA (§6.4.5); 5 to 7 are reserved. */
export const TRANSPORT_NOT_SPECIFIED = 0;
/** The highest TRA that has a meaning. */
export const TRANSPORT_WSP = 4;

/** The highest Preferred-Bearer value that has a meaning: LOCAL, a DM server on the smart card (§6.5). */
export const BEARER_MAX = 11;

/** CONTENT_TYPE_13, CONTENT_TYPE_12, or CONTENT_TYPE_OTHER for any other type and an unknown one. */
export type ContentType = number;
/** WSP code of application/vnd.syncml.dm.notification, DM 1.3. */
export const CONTENT_TYPE_13 = 0x58;
/** WSP code of application/vnd.syncml.notification, DM 1.2. */
export const CONTENT_TYPE_12 = 0x44;
/** The sender named no type, or another one. */
export const CONTENT_TYPE_OTHER = 0;

/** The headers of a push have at most this many bytes (§7.1). */
export const PUSH_HEADERS_MAX = 48;

/** The port of connectionless WAP Push (§7.1.1). */
export const PUSH_PORT = 2948;

/** The source port of most pushes; receivers ignore it. */
export const PUSH_SOURCE_PORT = 9200;

/** Octets of user data in one short message (3GPP TS 23.040 §9.2.3.24). */
export const USER_DATA_MAX = 140;

/** TP-MTI of the two TPDUs that carry user data (§9.2.3.1). */
export const TPDU_DELIVER = 0;
/** TP-MTI of an SMS-SUBMIT. */
export const TPDU_SUBMIT = 1;

/** The receiver that a notification came through: VIA_*. */
export type Via = number;
/** A datagram to port 2948. */
export const VIA_UDP = 1;
/** A short message. */
export const VIA_SMS = 2;
/** A SIP MESSAGE. */
export const VIA_SIP = 3;
/** A POST. */
export const VIA_HTTP = 4;
/** An OBEX PUT. */
export const VIA_OBEX = 5;

/** The answer of SessionStarter.start: the session has begun. */
export const SESSION_STARTED = 0;
/** The answer of SessionStarter.start: the board does not start the session, and the client forgets the notification. */
export const SESSION_DECLINED = 1;
/** The answer of SessionStarter.start: the client keeps the notification, and offers it again later. */
export const SESSION_LATER = 2;
