/** The client for a board without short messages. */
import { createClient } from "../../src/client/client.ts";
import { readBase64 } from "../../src/hash/base64.ts";
import { utf8Text } from "../../src/notification/utf8.ts";

(globalThis as { pkg0?: object }).pkg0 = { createClient, readBase64, utf8Text };
