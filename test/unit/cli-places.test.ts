/** A mistake in a file, a device or a URI is told with its place, and a file without an end is not read for ever. */
import { expect, test } from "vitest";
import { runCli } from "../cli.ts";

const FIELDS = '{"sessionId":"1","serverId":"dm.example","requestedMo":[1]}';
const to = (uri: string) => ["send", "--secret", "s", "--number", "1", "--to", uri, FIELDS];

test.each([
  [to("smpp://u%ZZ:p@127.0.0.1:1"), /smpp:\/\/127\.0\.0\.1:1: the user \(system_id\) has a % that begins no UTF-8/],
  [to("smpp://u:secret%FF@127.0.0.1:1"), /smpp:\/\/127\.0\.0\.1:1: the password has a % /],
  [to("smpps://u:p@127.0.0.1:1?ca=/nonexistent"), /smpps:\/\/127\.0\.0\.1:1: ca: \/nonexistent: there is no such file/],
  [to("smpps://u:p@127.0.0.1:1?ca=/"), /ca: \/: is a directory/],
  [
    ["campaign", "package.json", "--to", "smpp://u@h", "--queue", "postgres://[bad", "--name", "n"],
    /--queue must be postgres:/,
  ],
  [["encode", "--secret-file", "/dev/zero", FIELDS], /--secret-file \/dev\/zero: has more than 131072 bytes/],
  [["campaign", "package.json", "--accounts", "/dev/zero", "--dry-run"], /\/dev\/zero: has more than 268435456 bytes/],
])("%j", (args, message) => {
  const { code, lines, errors } = runCli(args);
  expect(errors).toMatch(message);
  expect(errors).not.toContain("secret%FF");
  expect([code, lines]).toEqual([2, []]);
});

test("a modem that is none is named", () => {
  const { code, errors } = runCli(to("modem:/dev/null"));
  expect(JSON.parse(errors).meaning).toMatch(/^\/dev\/null: (?!Error)/);
  expect(code).toBe(1);
});
