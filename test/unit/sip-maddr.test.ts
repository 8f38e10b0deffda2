/** RFC 3261 §18.2.2 lets a Via name another address for the answer. A device that obeyed would send to whom a forger likes. */
import { expect, test } from "vitest";
import { createSipReceiver } from "../../src/index.ts";
import { octets } from "../suite/messages.ts";

test.each(["192.0.2.9", "224.0.1.75", "[2001:db8::9]", "sip.example", "255.255.255.255"])(
  "an answer goes to the sender, not to maddr=%s",
  maddr => {
    for (const via of [`;maddr=${maddr}`, `;MADDR = ${maddr} ;ttl=16`, `;rport;maddr=${maddr}`]) {
      const sent: [host: string, port: number][] = [];
      const sip = createSipReceiver(
        { monotonicSeconds: () => 0 },
        { deliver: () => 0, tag: "12345678", reply: (_bytes, _from, _to, host, port) => sent.push([host, port]) },
      );
      const request = octets(
        `MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c${via};branch=z9hG4bKx\r\nFrom: <sip:d@e>;tag=f\r\nTo: <sip:a@b>\r\n` +
          "Call-ID: g\r\nCSeq: 1 MESSAGE\r\nContent-Type: application/vnd.syncml.notification\r\n\r\nbody",
      );
      sip.receive(request, 0, request.length, "198.51.100.1", 4444);
      expect(sent, via).toEqual([["198.51.100.1", via.includes("rport") ? 4444 : 5060]]);
    }
  },
);
