/** The words of the standards for the numbers on the wire. */

/** Words for I (§6.4.3), by its value. */
export const INITIATORS = ["user", "server"] as const;
/** Words for UIM (§6.4.4), by its value. */
export const UI_MODES = ["not-specified", "background", "informative", "user-interaction"] as const;
/** Words for TRA (§6.4.5), by its value. */
export const TRANSPORTS = ["not-specified", "http", "https", "obex", "wsp"] as const;

/** The meaning of I (§6.4.3): who caused the session. */
export type Initiator = (typeof INITIATORS)[number];
/** The meaning of UIM (§6.4.4): how much the user sees of the session. */
export type UiMode = (typeof UI_MODES)[number];
/** The meaning of TRA (§6.4.5): the transport binding of the session. */
export type Transport = (typeof TRANSPORTS)[number];

/** Preferred-Bearer values (§6.5.6). */
export const BEARERS: readonly string[] = [
  ...["not specified", "3GPP circuit switched", "3GPP packet switched", "3GPP LTE", "3GPP2 CDMA packet data", "WiMAX"],
  ...["WLAN", "DSL", "Ethernet", "Bluetooth", "IrDA", "local (smart card)"],
];

/** Options of Package #0 by their number, with the section that defines each (§6.3). */
export const OPTIONS: readonly (readonly [name: string, section: string])[] = [
  ["option 0", "§6.2.1"],
  ["Server-ID", "§6.5.1"],
  ["Targeted-MO", "§6.5.2"],
  ["Requested-MO", "§6.5.4"],
  ["Preferred-Bearer", "§6.5.6"],
  ["Connect-Reason", "§6.5.5"],
  ["Vendor-Info", "§6.5.3"],
];

/** Those of the well-known header names of WSP (WAP-230, table 39) that pushes carry. */
export const WSP_HEADERS: { readonly [code: number]: string } = {
  8: "Cache-Control",
  11: "Content-Encoding",
  12: "Content-Language",
  13: "Content-Length",
  14: "Content-Location",
  17: "Content-Type",
  18: "Date",
  20: "Expires",
  29: "Last-Modified",
  46: "Content-Disposition",
  47: "X-Wap-Application-Id",
  48: "X-Wap-Content-URI",
  49: "X-Wap-Initiator-URI",
  50: "Accept-Application",
  51: "Bearer-Indication",
  52: "Push-Flag",
  67: "Encoding-Version",
};

/** Those of the well-known content types (WAP-230, table 40; OMNA) that pushes have. */
export const WSP_CONTENT_TYPES: { readonly [code: number]: string } = {
  3: "text/plain",
  6: "text/x-vCalendar",
  7: "text/x-vCard",
  20: "application/vnd.wap.wmlc",
  35: "application/vnd.wap.multipart.mixed",
  45: "text/vnd.wap.si (service indication)",
  46: "application/vnd.wap.sic (service indication)",
  47: "text/vnd.wap.sl (service loading)",
  48: "application/vnd.wap.slc (service loading)",
  49: "text/vnd.wap.co (cache operation)",
  50: "application/vnd.wap.coc (cache operation)",
  51: "application/vnd.wap.multipart.related",
  52: "application/vnd.wap.sia (session initiation)",
  53: "text/vnd.wap.connectivity-xml (provisioning)",
  54: "application/vnd.wap.connectivity-wbxml (provisioning)",
  62: "application/vnd.wap.mms-message (MMS notification)",
  66: "application/vnd.syncml.dm+wbxml (a DM message)",
  67: "application/vnd.syncml.dm+xml (a DM message)",
  68: "application/vnd.syncml.notification (DM 1.2)",
  74: "application/vnd.oma.drm.rights+xml",
  75: "application/vnd.oma.drm.rights+wbxml",
  78: "application/vnd.syncml.ds.notification (data sync)",
  88: "application/vnd.syncml.dm.notification (DM 1.3)",
};

/** Application ids of pushes (OMNA). */
export const APPLICATIONS: { readonly [code: number]: string } = {
  0: "any",
  1: "push.sia (session initiation)",
  2: "wml.ua (browser)",
  3: "wta.ua",
  4: "mms.ua (MMS client)",
  5: "push.syncml (data sync)",
  6: "loc.ua (location)",
  7: "syncml.dm (the DM client)",
  8: "drm.ua",
  9: "emn.ua (e-mail notification)",
};
