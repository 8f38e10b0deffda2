/**
 * `npm start` shows the main job: it boots the bundle that a board runs, inside QuickJS, binds a UDP socket on loopback,
 * sends it datagrams that were captured from a push gateway and some that it builds itself, and prints each verdict on a
 * line.
 */
import { readFileSync } from "node:fs";
import { getQuickJS } from "quickjs-emscripten";
import * as pkg0 from "../../src/index.ts";
import captures from "../../test/vectors/captures.json" with { type: "json" };
import { encode, type NotificationJson, pushOf, TRANSPORTS, UI_MODES } from "../codec/index.ts";
import { bootBoard } from "./quickjs-board.ts";
import { openUdp, sendUdp } from "./udp.ts";

process.stdout.on("error", error => process.exit((error as NodeJS.ErrnoException).code === "EPIPE" ? 0 : 1)); // npm start | head

const HEAP_MAX = 512 * 1024;
const SECRET = "secret";
const SERVER = "dm.example.com";

const bundle = readFileSync(new URL("../pkg0.client.js", import.meta.url), "utf8");
const program = readFileSync(new URL("../virtual.js", import.meta.url), "utf8");

/** The board's verdict on the current datagram. */
let verdict = "";
const board = bootBoard(await getQuickJS(), bundle, program, HEAP_MAX, event => {
  if (event.event === "inform") verdict += ", shows that it begins";
  else if (event.event === "confirm") verdict += ", asks the user, who says yes";
  else if (event.event === "session") verdict += `, starts ${sessionText(event.request as pkg0.SessionRequest)}`;
  else verdict = verdictText(event as unknown as { status: number; at: number; serverId: string });
});

console.log(`board   QuickJS with ${HEAP_MAX >> 10} KiB of heap, dist/pkg0.client.js (${bundle.length} bytes)`);
const account = {
  serverId: SERVER,
  appAddr: [{ addr: "https://dm.example.com/dm" }],
  appAuth: [
    { aauthLevel: "NOTICRED", aauthSecret: SECRET },
    { aauthLevel: "SRVCRED", aauthName: SERVER, aauthSecret: "pw", aauthData: "bm9uY2U=" },
  ],
};
if (board.call("open") !== pkg0.OK || board.call("addAccount", JSON.stringify(account)) !== pkg0.OK) {
  throw new Error("the board did not take the account");
}
console.log(`account ${SERVER}; no clock, so that captures of any age play\n`);

let received: () => void = () => {};
const udp = await openUdp({ host: "127.0.0.1", port: 0 }, (bytes, from) => {
  verdict = "no verdict";
  board.call("datagram", bytes);
  board.call("answer", "yes"); // where a question was asked
  console.log(`        from ${from}, ${bytes.length} bytes: ${verdict}`);
  received();
});
console.log(`udp     127.0.0.1:${udp.port}`);

for (const { title, bytes } of datagrams()) {
  console.log(`\n${title}`);
  const done = new Promise<void>(resolve => {
    received = resolve;
  });
  await sendUdp(udp, bytes);
  await done;
}
console.log(`\nheap in use at the end: ${board.heapUsed()} bytes`);
udp.close();
board.close();

function datagrams(): { title: string; bytes: Uint8Array }[] {
  const captured = captures.captures
    .filter(capture => capture.layer === "push")
    .map(capture => ({ title: `captured  ${capture.name}`, bytes: Buffer.from(capture.hex[0]!, "hex") }));
  const fields: NotificationJson = {
    sessionId: "BEEF",
    serverId: SERVER,
    uiMode: "informative",
    transport: "https",
    requestedMo: [1, 300],
    targetedMo: [7],
    preferredBearer: [6, 2],
    connectReason: "Neue Firmware für dich",
  };
  const built = encode(fields, { secret: SECRET });
  const good = pushOf(built.bytes, built.contentType, 7);
  const forged = encode({ ...fields, sessionId: "BEE0" }, { secret: "guessed" });
  const stranger = encode({ ...fields, serverId: "other.example.com" }, { secret: SECRET });
  return [
    ...captured,
    { title: "built     here and now, every option", bytes: good },
    { title: "built     the same datagram once more", bytes: good },
    { title: "forged    with a guessed secret", bytes: pushOf(forged.bytes, forged.contentType, 8) },
    { title: "forged    from a server without account", bytes: pushOf(stranger.bytes, stranger.contentType, 9) },
    { title: "broken    cut in the middle of an option", bytes: good.subarray(0, 40) },
    { title: "broken    two bytes", bytes: good.subarray(0, 2) },
  ];
}

function verdictText({ status, at, serverId }: { status: number; at: number; serverId: string }): string {
  if (status === pkg0.OK) return `accepted from ${serverId}`;
  return `${status === pkg0.DUPLICATE ? "ignored" : "rejected"} at byte ${at}: ${pkg0.statusName(status)}, ${pkg0.statusMeaning(status)}`;
}

function sessionText(request: pkg0.SessionRequest): string {
  const parts = [
    `session ${request.sessionId}`,
    `UI mode ${UI_MODES[request.uiMode]}`,
    `transport ${TRANSPORTS[request.transport]}`,
    `bearer ${request.bearer === 0 ? "any" : request.bearer}`,
  ];
  if (request.requestedMo.length > 0) parts.push(`MOs ${request.requestedMo.join(" ")}`);
  if (request.connectReason !== "") parts.push(`"${request.connectReason}"`);
  return parts.join(", ");
}
