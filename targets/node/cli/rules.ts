/**
 * The options that every command with --accounts has: the choices that the specification leaves open (decisions D2, D8, D9,
 * D10), and the bounds of a device.
 */
import type { ClientOptions } from "../../../src/index.ts";
import type { Options, Values } from "./command.ts";

export const RULES = {
  "timeout-unit": {
    kind: "choice",
    words: ["minutes", "days"],
    about: "what TIMEOUT counts (D2); minutes when absent",
    needs: ["accounts"],
  },
  "max-skew": {
    kind: "number",
    min: 0,
    max: 4294967295,
    unit: "seconds",
    about: "how far TIMESTAMP may be ahead of the clock (D10); 86400 when absent",
    needs: ["accounts"],
  },
  "requested-mo": {
    kind: "choice",
    words: ["required", "optional"],
    about: "whether a message must have Requested-MO (D8); required when absent",
    needs: ["accounts"],
  },
  "vendor-info": {
    kind: "choice",
    words: ["any", "utf-8"],
    about: "whether Vendor-Info must be UTF-8 (D9); any when absent",
    needs: ["accounts"],
  },
  "message-max": { kind: "number", min: 1, max: 65535, unit: "bytes", about: "of a Package #0", needs: ["accounts"] },
  "headers-max": {
    kind: "number",
    min: 1,
    max: 65535,
    unit: "bytes",
    about: "of the headers of a push (§7.1: 48)",
    needs: ["accounts"],
  },
} as const satisfies Options;

export function rulesOf(values: Values<typeof RULES>): ClientOptions {
  return {
    ...(values["timeout-unit"] !== undefined && { timeoutUnit: values["timeout-unit"] }),
    ...(values["max-skew"] !== undefined && { maxSkewSeconds: values["max-skew"] }),
    ...(values["requested-mo"] !== undefined && { requireRequestedMo: values["requested-mo"] === "required" }),
    ...(values["vendor-info"] !== undefined && { strictVendorInfo: values["vendor-info"] === "utf-8" }),
    ...(values["message-max"] !== undefined && { messageMax: values["message-max"] }),
    ...(values["headers-max"] !== undefined && { headersMax: values["headers-max"] }),
  };
}
