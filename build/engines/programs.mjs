/** The programs in which npm run engines has each engine accept notifications. */

/** Signed pushes of four sessions, made by the same source in Node. */
export async function pushes() {
  const pkg0 = await import(new URL("../../dist/index.js", import.meta.url));
  return [1, 2, 3, 4].map(sessionId => {
    const none = new Uint8Array(0);
    const out = new Uint8Array(200);
    const fields = {
      ...{ initiator: 1, uiMode: 1, transport: 0, timeoutMinutes: 0, timestamp: 1700000000, sessionId },
      ...{ serverId: pkg0.utf8Bytes("dm.example.com"), targetedMo: [], requestedMo: [1], preferredBearer: [] },
      ...{ connectReason: none, vendorInfo: none },
    };
    const at = pkg0.writePushHeader(0, 0x58, out, 0);
    const secret = pkg0.utf8Bytes("secret");
    const end = pkg0.writeNotification13(fields, pkg0.createSha256(), secret, pkg0.DIGEST_COLONS, out, at);
    return `[${out.subarray(0, end)}]`;
  });
}

export const ACCOUNT =
  '{ "serverId": "dm.example.com", "appAuth": [{ "aauthLevel": "NOTICRED", "aauthSecret": "secret" }] }';
const SAVE = `save: function (key, bytes) { records[key] = new Uint8Array(bytes); return true; },
    erase: function (key) { delete records[key]; return true; }`;
const PRINT = '(typeof print === "undefined" ? console.log : print)';

/** A board with a client that takes messages, and prints at its end how many were accepted. */
function boardOf(takes) {
  return `var records = {}, accepted = 0;
var client = pkg0.createClient({
  storage: {
    load: function (key) { return records[key] === undefined ? null : new Uint8Array(records[key]); },
    ${SAVE}
  },
  clock: { posixSeconds: function () { return 1700000000; }, monotonicSeconds: function () { return 1; } },
  session: { start: function (request) { client.sessionDone(request); return 0; } }
}, {});
client.open();
client.addAccount(${ACCOUNT});
function take(push) { if (client.receivePush(new Uint8Array(push), 0, push.length, 1) === 0) accepted++; }
${takes.join("\n")}
${PRINT}("accepted " + accepted);
`;
}

/** A program that accepts `message`. */
export function programOf(bundle, message) {
  return `${bundle}\n${boardOf([`take(${message});`])}`;
}

/** The program behind a bundle that accepts four messages, the last two between marks of callgrind.mjs. */
export function countedProgram(messages) {
  const [first, second, third, fourth] = messages.map(message => `take(${message});`);
  return boardOf([first, second, "mark();", third, fourth, "mark();"]);
}

/** The bundle over host functions, with a silent modem and a datagram. */
export function hostProgramOf(bundle, message) {
  return `var records = {}, messages = [${message}], accepted = 0;
var host = {
  load: function (key, into) {
    var record = records[key];
    if (record === undefined) return -1;
    for (var i = 0; i < record.length && i < into.length; i++) into[i] = record[i];
    return record.length;
  },
  ${SAVE},
  posixSeconds: function () { return 1700000000; },
  monotonicSeconds: function () { return 1; },
  start: function (json) { accepted++; return 0; },
  read: function (into) { return 0; },
  write: function (bytes) {},
  datagram: function (into) {
    if (messages.length === 0) return 0;
    var message = messages.pop();
    into.set(message);
    return message.length;
  }
};
${bundle}
pkg0.addAccount(${JSON.stringify(ACCOUNT)});
pkg0.poll();
${PRINT}("accepted " + accepted);
`;
}
