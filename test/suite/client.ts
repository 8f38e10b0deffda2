/** Checks of the client on a mock board. In the device dialect. */
import * as codes from "../../src/status.ts";
import * as wire from "../../src/wire.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import { accounts, storage } from "./accounts.ts";
import { admission, nonces } from "./admission.ts";
import type { T } from "./api.ts";
import { type ClientApi, deliver, deviceOf, list, NOW } from "./device.ts";
import { NONCE, octets, push12, push13, pushOfBoth, SERVER_ID, sign13, write12, write13 } from "./messages.ts";

type Ui = import("../../src/hal.ts").Ui;

export function clientSuite(t: T, pkg0: ClientApi): void {
  verdicts(t, pkg0);
  admission(t, pkg0);
  nonces(t, pkg0);
  sessions(t, pkg0);
  accounts(t, pkg0);
  storage(t, pkg0);
}

function verdicts(t: T, pkg0: ClientApi): void {
  t.test("client: a session request has all of the notification and the account", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {});
    t.equal(
      deliver(
        hal,
        push13({
          sessionId: 0xab,
          timestamp: NOW,
          targetedMo: [300],
          preferredBearer: [6, 2],
          connectReason: octets("why"),
          vendorInfo: octets("v"),
          uiMode: 1,
          transport: 2,
          timeoutMinutes: 9,
        }),
      ),
      codes.OK,
      "status",
    );
    const request = hal.started[0];
    t.equal(request.sessionId, "AB", "sessionId");
    t.equal(request.serverId, SERVER_ID, "serverId");
    t.equal(request.appAddr[0].addr, "https://dm.example/dm", "appAddr");
    t.equal(request.format, wire.FORMAT_13, "format");
    t.equal(request.initiator, 1, "initiator");
    t.equal(request.uiMode, wire.UI_BACKGROUND, "uiMode");
    t.equal(request.transport, 2, "transport");
    t.equal(list(request.preferredBearer), "6,2", "preferredBearer");
    t.equal(request.bearer, 6, "bearer");
    t.equal(list(request.requestedMo), "1", "requestedMo");
    t.equal(list(request.targetedMo), "300", "targetedMo");
    t.equal(request.connectReason, "why", "connectReason");
    t.equal(request.vendorInfo.length, 1, "vendorInfo");
    t.equal(request.timestamp, NOW, "timestamp");
    t.equal(request.timeoutMinutes, 9, "timeoutMinutes");
    t.equal(request.renewNonces, false, "renewNonces");
    t.equal(request.via, wire.VIA_UDP, "via");
    t.equal(request.isResumed, false, "isResumed");
  });

  t.test("client: one save for an accepted message, none for a rejected one", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {});
    const good = push13({ sessionId: 1, timestamp: NOW });
    const forged = push13({ sessionId: 2, timestamp: NOW });
    forged[forged.length - 1] ^= 1;
    const other = push13({ sessionId: 3, timestamp: NOW, serverId: octets("other.example") });
    const before = hal.storage.writes;
    t.equal(deliver(hal, forged), codes.DIGEST_WRONG, "forged");
    t.equal(deliver(hal, other), codes.ACCOUNT_UNKNOWN, "unknown server");
    t.equal(deliver(hal, good.subarray(0, 30)), codes.NOTIFICATION_SHORT, "cut");
    t.equal(deliver(hal, good.subarray(0, 2)), codes.WSP_SHORT, "no push");
    t.equal(hal.storage.writes, before, "writes of rejected ones");
    t.equal(deliver(hal, good), codes.OK, "good");
    t.equal(hal.storage.writes, before + 2, "writes of an accepted one: before its session started, and after");
    t.equal(deliver(hal, good), codes.DUPLICATE, "again");
    t.equal(hal.storage.writes, before + 2, "writes of a duplicate");
    t.equal(hal.started.length, 1, "sessions");
  });

  t.test("client: what is not to be accepted is not hashed", () => {
    const hal = createMockHal();
    let hashed = 0;
    const count = (): Uint8Array => {
      hashed++;
      return new Uint8Array(32);
    };
    hal.hash = { sha256: count, md5: count };
    deviceOf(pkg0, hal, {});
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, serverId: octets("dm.examplf") }));
    deliver(hal, push13({ sessionId: 1, timestamp: NOW - 3601 }));
    deliver(hal, push13({ sessionId: 1, timestamp: NOW + 90000 }));
    t.equal(hashed, 0, "digests");
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW })), codes.DIGEST_WRONG, "status");
    t.equal(hashed, 1, "digests of one that may be good");
  });

  t.test("client: one message costs one digest of one format, and one token", () => {
    const hal = createMockHal();
    let hashed = 0;
    const count = (message: Uint8Array, digestBytes: number): Uint8Array => {
      if (message.length > 40) hashed++; // not the name and the password
      return new Uint8Array(digestBytes);
    };
    hal.hash = { sha256: message => count(message, 32), md5: message => count(message, 16) };
    const client = deviceOf(pkg0, hal, { digestBurst: 2 });
    client.addAccount({
      serverId: SERVER_ID,
      nonceResync: true,
      appAuth: [
        { aauthLevel: "NOTICRED", aauthSecret: "secret13" },
        { aauthLevel: "SRVCRED", aauthName: "another", aauthSecret: "secret12", aauthData: NONCE },
      ],
    });
    const both = pushOfBoth({ sessionId: 1, timestamp: NOW });
    t.equal(deliver(hal, both), codes.DIGEST_WRONG, "of both formats");
    t.equal(hashed, 5, "the trigger once, and with it two names and two nonces");
    hashed = 0;
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: NOW, vendorInfo: NONCE })), codes.DIGEST_WRONG, "of 1.3");
    t.equal(hashed, 1, "SHA-256");
    t.equal(deliver(hal, both), codes.THROTTLED, "without a token");
    t.equal(hashed, 1, "digests then");
  });

  t.test("client: each bearer has its tokens, and a known forger leaves some to others", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, { digestBurst: 5, digestsPerMinute: 60 });
    let id = 0;
    const send = (via: number, origin: number, isForged: boolean): number => {
      id++;
      const push = push13({ sessionId: id, timestamp: NOW });
      if (isForged) push[push.length - 1] ^= 1;
      const status = client.receivePush(push, 0, push.length, via, origin);
      if (status === codes.OK) client.sessionDone(hal.started[hal.started.length - 1]);
      return status;
    };
    t.equal(send(wire.VIA_UDP, 9, true), codes.DIGEST_WRONG, "forged");
    t.equal(send(wire.VIA_UDP, 9, true), codes.DIGEST_WRONG, "again");
    t.equal(send(wire.VIA_UDP, 9, true), codes.DIGEST_WRONG, "a third time");
    t.equal(send(wire.VIA_UDP, 9, true), codes.THROTTLED, "half of the tokens are gone");
    t.equal(send(wire.VIA_UDP, 8, false), codes.OK, "of another sender");
    t.equal(send(wire.VIA_UDP, 0, false), codes.OK, "of nobody knows whom");
    t.equal(send(wire.VIA_UDP, 0, false), codes.THROTTLED, "no token left");
    t.equal(send(wire.VIA_SMS, 9, true), codes.DIGEST_WRONG, "over another bearer");
    hal.monotonic += 3;
    t.equal(send(wire.VIA_UDP, 9, false), codes.OK, "when half of them are there again");
  });

  t.test("client: every bound has its status", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, { messageMax: 80, pendingMax: 2, digestBurst: 3, digestsPerMinute: 60 });
    const long = push13({ sessionId: 9, timestamp: NOW, vendorInfo: octets("0123456789012345678901234567890") });
    t.equal(deliver(hal, long), codes.NOTIFICATION_LONG, "long");
    t.equal(client.at, 6 + 80, "at");
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW })), codes.OK, "1st");
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: NOW })), codes.OK, "2nd");
    t.equal(deliver(hal, push13({ sessionId: 3, timestamp: NOW })), codes.PENDING_FULL, "3rd");
    client.sessionDone(hal.started[0]);
    t.equal(deliver(hal, push13({ sessionId: 3, timestamp: NOW })), codes.OK, "3rd, when one has ended");
    client.sessionDone(hal.started[1]);
    t.equal(deliver(hal, push13({ sessionId: 4, timestamp: NOW })), codes.THROTTLED, "4th digest");
    hal.monotonic += 1;
    t.equal(deliver(hal, push13({ sessionId: 4, timestamp: NOW })), codes.OK, "a second later");
  });

  t.test("client: the messages of the sessions of an account have a bound together", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, { pendingBytes: 200 });
    const sized = (sessionId: number, size: number): Uint8Array =>
      push13({ sessionId, timestamp: NOW, vendorInfo: new Uint8Array(size - 59 - 2) });
    t.equal(sized(1, 100).length, 6 + 100, "bytes of the message and its push");
    t.equal(deliver(hal, sized(1, 300)), codes.OK, "one alone may have more");
    t.equal(deliver(hal, sized(2, 70)), codes.PENDING_FULL, "beside it");
    client.sessionDone(hal.started[0]);
    t.equal(deliver(hal, sized(2, 100)), codes.OK, "the first half");
    t.equal(deliver(hal, sized(3, 101)), codes.PENDING_FULL, "one byte more");
    t.equal(pkg0.createClient(hal, { pendingBytes: 200 }).open(), codes.OK, "a reset");
    t.equal(deliver(hal, sized(3, 101)), codes.PENDING_FULL, "after the reset");
    t.equal(deliver(hal, sized(3, 100)), codes.OK, "the second half");
  });

  t.test("client: structure, account and digest decide on the format", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    const m13 = write13({ sessionId: 1, timestamp: NOW });
    const m12 = write12({ sessionId: 2 }, NONCE);
    const m12b = write12({ sessionId: 3 }, NONCE);
    const other = wire.CONTENT_TYPE_OTHER;
    t.equal(client.receiveBody(m13, 0, m13.length, wire.CONTENT_TYPE_12, wire.VIA_HTTP), codes.OK, "1.3 as 1.2");
    t.equal(client.receiveBody(m12, 0, m12.length, wire.CONTENT_TYPE_13, wire.VIA_HTTP), codes.OK, "1.2 as 1.3");
    t.equal(client.receiveBody(m12b, 0, m12b.length, other, wire.VIA_OBEX), codes.OK, "1.2 without a type");
    t.equal(client.receiveBody(m12b, 0, m12b.length, other, wire.VIA_OBEX), codes.DUPLICATE, "and again");
    t.equal(hal.started[1].format, wire.FORMAT_12, "format");
    t.equal(hal.started[2].via, wire.VIA_OBEX, "via");
  });
}

function sessions(t: T, pkg0: ClientApi): void {
  t.test("session: user interaction asks first, and starts once", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {});
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, uiMode: 3, connectReason: octets("update") }));
    t.equal(list(hal.confirmed), "update", "asked");
    t.equal(hal.started.length, 0, "sessions before the answer");
    hal.answers[0](true);
    hal.answers[0](true);
    hal.answers[0](false);
    t.equal(hal.started.length, 1, "sessions after it");
  });

  t.test("session: declined by the user, informed, in the background", () => {
    const hal = createMockHal();
    const told: number[] = [];
    const client = deviceOf(pkg0, hal, { onSession: status => told.push(status) });
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, uiMode: 3 }));
    hal.answers[0](false);
    hal.answers[0](true);
    client.resume();
    t.equal(hal.started.length, 0, "sessions");
    t.equal(list(told), `${codes.SESSION_REFUSED}`, "told");
    deliver(hal, push13({ sessionId: 2, timestamp: NOW, uiMode: 2, connectReason: octets("hello") }));
    deliver(hal, push13({ sessionId: 3, timestamp: NOW, uiMode: 1, connectReason: octets("hidden") }));
    deliver(hal, push13({ sessionId: 4, timestamp: NOW, uiMode: 0 }));
    t.equal(list(hal.informed), "hello", "informed");
    t.equal(hal.started.length, 3, "sessions");
    pkg0.createClient(hal, {}).resume();
    t.equal(hal.started.length, 6, "sessions after a reset: not the declined one");
  });

  t.test("session: waits for a preferred bearer, in their order, until TIMEOUT", () => {
    const hal = createMockHal();
    const told: number[] = [];
    const client = deviceOf(pkg0, hal, { onSession: status => told.push(status) });
    hal.bearersUp = [3];
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, preferredBearer: [6, 2] }));
    deliver(hal, push13({ sessionId: 2, timestamp: NOW, preferredBearer: [9] }));
    t.equal(hal.started.length, 0, "sessions");
    hal.bearersUp = [2, 3];
    client.bearerChanged();
    t.equal(hal.started.length, 1, "sessions with a bearer");
    t.equal(hal.started[0].bearer, 2, "bearer");
    hal.posix = NOW + 3601;
    client.tick();
    hal.bearersUp = null;
    client.bearerChanged();
    t.equal(hal.started.length, 1, "sessions after TIMEOUT");
    t.equal(list(told), "161,161,161,146", "told");
    const unknown = push13({ sessionId: 3, timestamp: NOW + 3601, preferredBearer: [11, 11] });
    unknown[unknown.length - 33] = 200;
    unknown[unknown.length - 36] = 12;
    sign13(unknown);
    hal.bearersUp = [];
    deliver(hal, unknown);
    t.equal(hal.started[1].bearer, 0, "values without a meaning are skipped (D7)");
  });

  t.test("session: without a clock TIMEOUT counts from the arrival", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    hal.posix = 0;
    hal.answer = wire.SESSION_LATER;
    deliver(hal, push13({ sessionId: 1, timestamp: 77 }));
    deliver(hal, push13({ sessionId: 2, timestamp: 77, timeoutMinutes: 0 }));
    hal.monotonic = 3600;
    client.resume();
    t.equal(hal.started.length, 4, "offers");
    hal.monotonic = 3601;
    client.tick();
    client.resume();
    t.equal(hal.started.length, 5, "offers after TIMEOUT");
  });

  t.test("session: the board declines or delays", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    hal.answer = wire.SESSION_DECLINED;
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, targetedMo: [42] }));
    t.equal(hal.started[0].targetedMo[0], 42, "Targeted-MO");
    hal.answer = wire.SESSION_LATER;
    deliver(hal, push13({ sessionId: 2, timestamp: NOW, uiMode: 3 }));
    hal.answers[0](true);
    client.resume();
    t.equal(hal.started.length, 3, "offers");
    t.equal(hal.confirmed.length, 1, "asked once");
    hal.answer = wire.SESSION_STARTED;
    client.resume();
    client.resume();
    t.equal(hal.started.length, 4, "offers until it started");
  });

  t.test("session: resumed after a reset until sessionDone", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {});
    deliver(hal, push13({ sessionId: 0x1ff, timestamp: NOW, connectReason: octets("r") }));
    const second = pkg0.createClient(hal, {});
    second.resume();
    t.equal(hal.started.length, 2, "sessions");
    t.equal(hal.started[1].sessionId, "1FF", "sessionId");
    t.equal(hal.started[1].connectReason, "r", "connectReason");
    t.equal(hal.started[1].isResumed, true, "isResumed");
    t.equal(second.sessionDone(hal.started[0]), codes.OK, "done, as it was called before the reset");
    t.equal(second.sessionDone(hal.started[1]), codes.SESSION_UNKNOWN, "done twice");
    pkg0.createClient(hal, {}).resume();
    t.equal(hal.started.length, 2, "sessions when it was done");
  });

  t.test("session: of both formats, resumed from a record without digests", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {});
    const first = push13({ sessionId: 1, timestamp: NOW, vendorInfo: octets("one") });
    const second = push12({ sessionId: 2, vendorInfo: octets("two2") }, NONCE);
    const firstBytes = 9 + 5 + first.length - 6 - wire.SHA256_BYTES;
    let written = hal.storage.bytesWritten;
    t.equal(deliver(hal, first), codes.OK, "1.3");
    t.equal(hal.storage.bytesWritten - written, 2 * (34 + firstBytes), "record of one, twice");
    written = hal.storage.bytesWritten;
    t.equal(deliver(hal, second), codes.OK, "1.2");
    const bothBytes = firstBytes + 9 + 5 + second.length - 6 - wire.MD5_BYTES;
    t.equal(hal.storage.bytesWritten - written, 2 * (34 + bothBytes), "record of both, twice");
    pkg0.createClient(hal, {}).resume();
    t.equal(hal.started.length, 4, "sessions");
    for (let i = 2; i < 4; i++) {
      t.equal(hal.started[i].format, hal.started[i - 2].format, "format");
      t.equal(hal.started[i].sessionId, hal.started[i - 2].sessionId, "sessionId");
      t.equal(list(hal.started[i].vendorInfo), list(hal.started[i - 2].vendorInfo), "vendorInfo");
    }
  });

  t.test("session: what the board had no memory to start stays pending, and tick offers it again", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    hal.onStart = () => {
      throw new Error("out of memory");
    };
    let isThrown = false;
    try {
      deliver(hal, push13({ sessionId: 1, timestamp: NOW }));
    } catch (_error) {
      isThrown = true;
    }
    t.ok(isThrown, "told to the caller");
    hal.onStart = null;
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW })), codes.DUPLICATE, "the message again");
    client.tick();
    client.tick();
    t.equal(hal.started.length, 2, "sessions");
    t.equal(client.sessionDone(hal.started[1]), codes.OK, "done");
    client.tick();
    pkg0.createClient(hal, {}).resume();
    t.equal(hal.started.length, 2, "sessions when it was done");
  });

  t.test("session: what the board throws when it asks or starts keeps no session from its turn", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    hal.bearersUp = [];
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, preferredBearer: [6] }));
    deliver(hal, push13({ sessionId: 2, timestamp: NOW, preferredBearer: [6], uiMode: 3 }));
    deliver(hal, push13({ sessionId: 3, timestamp: NOW, preferredBearer: [6] }));
    hal.bearersUp = null;
    let isBroken = true;
    hal.onStart = request => {
      if (isBroken && request.sessionId === "1") throw new Error("out of memory");
    };
    const ui = hal.ui as Ui;
    const confirm = ui.confirm;
    ui.confirm = (reason, request, answer) => {
      if (isBroken) throw new Error("out of memory");
      confirm(reason, request, answer);
    };
    t.ok(throws(client.bearerChanged), "told to the caller");
    t.ok(throws(client.tick), "told again");
    t.equal(list(hal.started.map(request => request.sessionId)), "1,3,1", "started");
    isBroken = false;
    client.tick();
    t.equal(hal.confirmed.length, 1, "asked");
    hal.answers[0](true);
    t.equal(list(hal.started.map(request => request.sessionId)), "1,3,1,1,2", "started in the end");
    client.tick();
    client.resume();
    t.equal(hal.started.length, 5, "sessions");
  });

  t.test("session: what onVerdict hands in does not change the session of the accepted notification", () => {
    const hal = createMockHal();
    const forged = push13({ sessionId: 9, timestamp: NOW });
    forged[forged.length - 1] ^= 1;
    let isFirst = true;
    const client = deviceOf(pkg0, hal, {
      onVerdict: () => {
        if (isFirst) {
          isFirst = false;
          client.receivePush(forged, 0, forged.length, 1);
        }
      },
    });
    deliver(hal, push13({ sessionId: 1, timestamp: NOW }));
    t.equal(list(hal.started.map(request => request.sessionId)), "1", "started");
  });

  t.test("session: done from within start", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, { pendingMax: 1 });
    hal.onStart = request => client.sessionDone(request);
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW })), codes.OK, "first");
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: NOW })), codes.OK, "second");
    pkg0.createClient(hal, {}).resume();
    t.equal(hal.started.length, 2, "sessions");
  });
}

function throws(act: () => void): boolean {
  try {
    act();
  } catch (_error) {
    return true;
  }
  return false;
}
