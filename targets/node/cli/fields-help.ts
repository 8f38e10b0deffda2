/** The help on FIELDS-JSON for encode and send. */
import { BEARERS, INITIATORS, type TextRules, TRANSPORTS, UI_MODES } from "../../codec/index.ts";
import type { Options, Values } from "./command.ts";

/** How texts of FIELDS-JSON become bytes (§6.2.3). */
export const TEXT_RULES = {
  normalize: {
    kind: "flag",
    about: "put texts into Net-Unicode (RFC 5198: NFC, CR LF, no byte order mark), not refuse them",
  },
  "opaque-vendor-info": { kind: "flag", about: "send a vendorInfoHex that is not UTF-8; strict readers refuse it" },
} as const satisfies Options;

export function textRulesOf(values: Values<typeof TEXT_RULES>): TextRules {
  return {
    ...(values.normalize && { normalize: true }),
    ...(values["opaque-vendor-info"] && { opaqueVendorInfo: true }),
  };
}

const bearers = BEARERS.map((name, value) => `${value} ${name}`).join(", ");

export const FIELDS_NOTES: readonly string[] = [
  [
    'FIELDS-JSON, such as {"sessionId":"1234","serverId":"dm.example.com","requestedMo":[1]}; without any, one a line is read from standard input:',
    "  sessionId        1 to 4 hex digits in quotes, not 0 (§6.4.8); not needed with --state",
    "  serverId         1 to 255 bytes of UTF-8, the ServerID of the account (§6.5.1)",
    "  requestedMo      [0 to 65535, ...], at least one (§6.5.4)",
    "  targetedMo       [0 to 65535, ...] (§6.5.2)",
    `  initiator        ${INITIATORS.join(", ")}; default server (§6.4.3)`,
    `  uiMode           ${UI_MODES.join(", ")}; default not-specified (§6.4.4)`,
    `  transport        ${TRANSPORTS.join(", ")}; default not-specified (§6.4.5)`,
    "  timeout          0 to 65535 minutes; default 0, for ever (§6.4.7)",
    "  timestamp        0 to 4294967295, POSIX seconds; default now (§6.4.9)",
    `  preferredBearer  [first = highest priority] of ${bearers} (§6.5.6)`,
    "  connectReason    at most 4095 bytes of UTF-8, shown to the user (§6.5.5)",
    "  vendorInfo       at most 4095 bytes of UTF-8; vendorInfoHex for other bytes (§6.5.3)",
    '  format           "1.3", or "1.2" with version (10 to 12; default 11) and vendorBody (hex), and without the 1.3 ones',
    "At most 7 options in all: serverId, connectReason and vendorInfo are one each, and so is each number in a list (§6.4.2).",
  ].join("\n"),
  "Beside the fields a line may have id (repeated in its answer), secret, nonce, name and digestInput for this one, and number. encode takes what decode prints.",
];
