/** A link to an SMS centre by SMPP 3.4, as transmitter or transceiver. It binds again whenever the connection is lost. */
import { createBackoff } from "../links/backoff.ts";
import type { Link, LinkReport } from "../links/link.ts";
import {
  commandStatusText,
  ESME_RALYBND,
  ESME_RINVCMDID,
  ESME_RMSGQFUL,
  ESME_ROK,
  ESME_RSYSERR,
  ESME_RTHROTTLED,
  ESME_RX_T_APPN,
} from "./command-status.ts";
import { readReceipt } from "./receipt.ts";
import { countSubmits } from "./submit.ts";
import type { SmppOptions } from "./uri.ts";
import { createWindow } from "./window.ts";
import { loadWire, type Pdu, type Wire } from "./wire.ts";

/** Bind statuses that may pass, such as that of a centre that still holds the session of a killed process. */
const PASSING_BINDS = [ESME_RALYBND, ESME_RSYSERR, ESME_RMSGQFUL, ESME_RTHROTTLED];
const VERSION = 0x34;
const TICK_MS = 250;

/**
 * Resolves when bound; rejects when the centre cannot be reached at all, or refuses the bind for good, or when `stopped` is
 * aborted before.
 */
export async function openSmpp(options: SmppOptions, report: LinkReport, stopped?: AbortSignal): Promise<Link> {
  const connect = await loadWire();
  const shown = `${options.host}:${options.port}`;
  const backoff = createBackoff(1_000, 60_000);
  const window = createWindow(options, report, fields => (isBound ? wire!.request("submit_sm", fields) : 0));
  let wire: Wire | undefined;
  let isBound = false;
  let isClosing = false;
  let wasReached = false;
  let bindSequence = -1;
  let heardAt = 0;
  let enquiredAt = 0;
  /** The reason why we ended the connection; "" when we did not. */
  let reason = "";
  let retrying: NodeJS.Timeout | undefined;
  let opening: { resolve: () => void; reject: (error: Error) => void } | undefined;
  let gone = () => {};

  function open(): void {
    heardAt = performance.now();
    enquiredAt = 0;
    reason = "";
    wire = connect(options, {
      opened() {
        wasReached = true;
        const { systemId, password, systemType } = options;
        const fields = { system_id: systemId, password, system_type: systemType, interface_version: VERSION };
        bindSequence = wire!.request(`bind_${options.bind}`, fields);
      },
      received(pdu) {
        heardAt = performance.now();
        enquiredAt = 0;
        receive(pdu);
      },
      closed: text => closed(reason || text),
    });
  }

  function end(why: string): void {
    reason = why;
    wire?.destroy();
  }

  function closed(text: string): void {
    wire = undefined;
    isBound = false;
    window.lost(text);
    gone();
    if (isClosing) return;
    if (!wasReached) {
      fail(new Error(`${shown}: ${text}`));
      return;
    }
    const pauseMs = backoff.next();
    report.event({ event: "link", state: "down", text, retrySeconds: Math.round(pauseMs / 100) / 10 });
    retrying = setTimeout(open, pauseMs);
  }

  function fail(error: Error): void {
    isClosing = true;
    if (opening === undefined) report.failed(error);
    else opening.reject(error);
    opening = undefined;
  }

  function receive(pdu: Pdu): void {
    const isAnswer = /_resp$|^generic_nack$/.test(pdu.command);
    // a centre that does not know this bind answers generic_nack
    if (isAnswer && !isBound && pdu.sequence_number === bindSequence) bound(pdu.command_status);
    else if (pdu.command === "submit_sm_resp" || pdu.command === "generic_nack") window.answered(pdu);
    else if (pdu.command === "unbind_resp") end("unbound");
    else if (pdu.command === "deliver_sm") delivered(pdu);
    else if (!isAnswer) wire!.answer(pdu, pdu.command === "unknown" ? ESME_RINVCMDID : ESME_ROK);
    if (pdu.command === "unbind") end("the SMS centre has unbound us");
  }

  function bound(status: number): void {
    if (status !== ESME_ROK) {
      const text = `${shown} refuses to bind ${options.systemId} as ${options.bind}: ${commandStatusText(status)}`;
      if (!PASSING_BINDS.includes(status)) fail(new Error(text));
      end(text);
      return;
    }
    isBound = true;
    backoff.reset();
    opening?.resolve();
    opening = undefined;
    report.event({ event: "link", state: "up", text: `bound to ${shown} as ${options.bind}` });
    report.changed();
  }

  function delivered(pdu: Pdu): void {
    const asking = wire;
    const answer = (status: number) => {
      if (wire === asking) wire?.answer(pdu, status);
    };
    const receipt = readReceipt(pdu, options.receiptIds);
    if (receipt === "passing") answer(ESME_ROK);
    else if (receipt === null)
      answer(ESME_RX_T_APPN); // a message for somebody else stays at the centre
    else {
      report.receipt(receipt).then(
        () => answer(ESME_ROK),
        () => answer(ESME_RX_T_APPN),
      );
    }
  }

  /** Called once a second: ends the connection when an answer is late, and sends enquire_link after a silence. */
  function tick(): void {
    if (wire === undefined) return;
    const now = performance.now();
    const timeoutMs = 1000 * options.timeoutSeconds;
    const isLate = now > window.lateAt() || (!isBound && now - heardAt > timeoutMs);
    if (isLate || (enquiredAt > 0 && now - enquiredAt > timeoutMs)) {
      end(`no answer from ${shown} for ${options.timeoutSeconds} s`);
    } else if (isBound && enquiredAt === 0 && now - heardAt >= 1000 * options.enquireSeconds) {
      enquiredAt = now;
      wire.request("enquire_link", {});
    }
  }

  async function close(): Promise<void> {
    isClosing = true;
    clearTimeout(retrying);
    if (wire !== undefined) {
      const left = new Promise<void>(resolve => {
        gone = resolve;
      });
      if (isBound) wire.request("unbind", {});
      else end("closed");
      const timer = setTimeout(() => end("closed"), 1_000);
      await left;
      clearTimeout(timer);
    }
    clearInterval(ticking);
  }

  const ticking = setInterval(tick, TICK_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      opening = { resolve, reject };
      const stop = () => {
        if (opening !== undefined) fail(new Error("stopped before the link was up"));
      };
      stopped?.addEventListener("abort", stop);
      if (stopped?.aborted) stop();
      else open();
    });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    room: () => (isBound && !isClosing ? window.room() : 0),
    slots: submission => countSubmits(submission, options),
    submit: window.submit,
    close,
  };
}
