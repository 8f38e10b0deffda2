/** Gives the notifications of `encode` and `send` their SESSIONIDs (§6.4.8). */
import { FORMAT_12, sessionIdText } from "../../src/index.ts";
import { encode, FieldError, fieldsOf, type NotificationJson, type TextRules } from "../codec/index.ts";
import { checkOfText, createSessionIds, openSessionIds } from "./session-ids.ts";

/** The SESSIONIDs of one run of `encode` or `send`. */
export interface Numbering {
  /**
   * FIELDS-JSON with the sessionId and timestamp that it is sent with, both saved. Throws a FieldError for fields that
   * cannot be sent, and for a sessionId that a valid notification has.
   */
  number(json: unknown): NotificationJson;
  close(): void;
}

/**
 * With a state `directory`, fields need no sessionId, and a sessionId that is taken is refused. Without a directory, fields
 * have their own, and `warn` is told of a sessionId that another notification of this run has.
 */
export async function openNumbering(
  directory: string | undefined,
  warn: (message: string) => void,
  rules: TextRules = {},
): Promise<Numbering> {
  const ids = directory === undefined ? createSessionIds() : await openSessionIds(directory);
  /**
   * A checksum of the fields by SESSIONID and ServerID: sending the same notification again needs no warning, because a
   * device loses nothing.
   */
  const former = new Map<string, string>();

  function number(json: unknown): NotificationJson {
    const brought = json as NotificationJson; // encode will report the fault
    if (typeof json !== "object" || json === null || Array.isArray(json)) return brought;
    const isBrought = "sessionId" in json;
    if (!isBrought && directory === undefined) return brought;
    const fields = fieldsOf({ sessionId: "1", ...json }, Math.floor(Date.now() / 1000), rules);
    if (fields.sessionId === 0) return brought;
    const is12 = fields.format === FORMAT_12;
    const validity = { timestamp: fields.timestamp, timeoutMinutes: is12 ? undefined : fields.timeoutMinutes };
    const serverId = Buffer.from(fields.serverId).toString();
    // fields that cannot be sent must not take an id
    if (directory !== undefined) encode(isBrought ? brought : { ...brought, sessionId: "1" }, { secret: "any" }, rules);
    const sessionId = isBrought ? fields.sessionId : ids.take(serverId, validity);
    if (isBrought && !ids.claim(serverId, sessionId, validity)) {
      const taken = `${sessionIdText(sessionId)} belongs to a notification of ${serverId} that is still valid (§6.4.8)`;
      if (directory !== undefined) throw new FieldError("SESSION_ID_USED", "sessionId", `${taken}: ${TO_REPEAT}`);
      if (former.get(`${sessionId} ${serverId}`) !== checkOfText(JSON.stringify(json))) {
        warn(`sessionId ${taken}: devices answer DUPLICATE`);
      }
    }
    if (directory === undefined) former.set(`${sessionId} ${serverId}`, checkOfText(JSON.stringify(json)));
    ids.save();
    return { ...brought, sessionId: sessionIdText(sessionId), ...(!is12 && { timestamp: fields.timestamp }) };
  }

  return { number, close: ids.close };
}

const TO_REPEAT = "to repeat that notification, send its bytes again";
