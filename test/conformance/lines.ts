/** Appendix B of OMA-TS-DM_Notification-V1_3 as a table: the duties of a conforming client (C) and server (S). */
export interface Line {
  id: string;
  statement: string;
  isMandatory: boolean;
}

const line = (isMandatory: boolean) => (id: string, statement: string) => ({ id, statement, isMandatory });
const must = line(true);
const may = line(false);

export const LINES: readonly Line[] = [
  must("C-001", "starts a session with the server that a notification is from, and only then (§5)"),
  must("C-002", "receives the whole message (§6)"),
  must("C-003", "reads the DM 1.2 format, too (§6)"),
  must("C-004", "reads the DM 1.3 format: header, options in their order, digest, nothing else (§6, §6.2)"),
  must("C-005", "reads each field of the header (§6.1)"),
  must("C-006", "takes VER 1 alone (§6.4.1)"),
  may("C-007", "follows UI mode (§6.4.4)"),
  must("C-008", "uses SESSIONID in the session: upper-case hex, once for each id (§6.4.8)"),
  may("C-009", "ignores messages older than TIMEOUT (§6.4.7, §6.4.9)"),
  must("C-010", "compares Server-ID with the DMAccs (§6.5.1)"),
  may("C-011", "reads Targeted-MO (§6.5.2)"),
  may("C-012", "reads Vendor-Info (§6.5.3)"),
  must("C-013", "reads Requested-MO, and misses it (§6.5.4)"),
  may("C-014", "reads Connect-Reason (§6.5.5)"),
  may("C-015", "displays Connect-Reason before the session (§6.5.5)"),
  must("C-016", "reads Preferred-Bearer (§6.5.6)"),
  may("C-017", "uses the preferred bearer, and waits for one (§6.5.6)"),
  must("C-018", "computes the digest with the secret of NOTICRED, else of SRVCRED (§6.6)"),
  must("C-019", "ignores a message with a bad digest (§6.6)"),
  must("P-001", "supports at least one transport profile (§7)"),
  may("C-020", "WAP Push: port, application, type, 48 bytes of headers (§7.1)"),
  may("C-021", "OBEX: PUT, Type, ConnectionID (§7.2)"),
  may("C-022", "SIP: registration, MESSAGE, retransmission (§7.3)"),
  may("C-023", "HTTP: path, type, application, encoding (§7.4)"),
  must("S-001", "causes a session on a client (§5)"),
  must("S-002", "sends the whole message and nothing else (§6)"),
  must("S-003", "writes each field of the header, RESERVED 0 (§6.1)"),
  must("S-004", "writes VER 1 (§6.4.1)"),
  must("S-005", "writes Server-ID, once (§6.5.1)"),
  must("S-006", "writes Targeted-MO (§6.5.2)"),
  may("S-007", "writes Vendor-Info (§6.5.3)"),
  must("S-008", "writes Requested-MO, one at least (§6.5.4)"),
  may("S-009", "writes Connect-Reason, Net-Unicode (§6.2.3, §6.5.5)"),
  must("S-010", "writes Preferred-Bearer in order of priority (§6.5.6)"),
  must("S-011", "signs with the digest of §6.6"),
  may("S-012", "sends by WAP Push (§7.1)"),
  may("S-013", "sends by OBEX (§7.2)"),
  may("S-014", "sends by SIP (§7.3)"),
  may("S-015", "sends by HTTP (§7.4)"),
];
