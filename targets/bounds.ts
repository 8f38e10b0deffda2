/** Bounds that all targets share. */

import type { ClientOptions } from "../src/client/options.ts";
import { or } from "../src/or.ts";
import { PUSH_HEADERS_MAX } from "../src/wire.ts";

/** The bytes before the headers of a push: TID, type, and HeadersLen of up to 5 bytes. */
const PUSH_START_BYTES = 7;

/**
 * The room for a datagram, for a client with `options`: one byte more than the longest that it reads, 1080 by default, so that
 * a longer one is NOTIFICATION_LONG or PUSH_HEADERS_LONG.
 */
export function datagramBytesOf(options: ClientOptions): number {
  return or(options.messageMax, 1024) + or(options.headersMax, PUSH_HEADERS_MAX) + PUSH_START_BYTES + 1;
}

/** 2023-01-01. A clock that shows an earlier time has counted from power-on, and was never set. */
const CLOCK_SET = 1672531200;

/** The result of Clock.posixSeconds for a clock that shows `seconds`: whole seconds, or 0 when it was never set. */
export function posixSecondsOf(seconds: number): number {
  return seconds < CLOCK_SET ? 0 : Math.floor(seconds);
}
