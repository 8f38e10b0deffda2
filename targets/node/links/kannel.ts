/** Kannel's sendsms, and other HTTP gateways with the same parameters: kannel+http://HOST:PORT/cgi-bin/sendsms?username=.. */
import { once } from "node:events";
import { type IncomingMessage, Agent as PlainAgent, request as requestPlain } from "node:http";
import { request as requestTls, Agent as TlsAgent } from "node:https";
import { countParts } from "../../../src/index.ts";
import { kannelForm, smsParts } from "../../codec/sms-forms.ts";
import { readBounded } from "../answer.ts";
import type { Link, LinkReport, Result, Submission } from "./link.ts";
import { checkSms } from "./numbers.ts";
import { createSenderLink } from "./sender.ts";
import { shownUri } from "./shown.ts";

const TIMEOUT_MS = 32_000;

export function isKannel(to: string): boolean {
  return /^kannel\+https?:/i.test(to);
}

/** The URL of the gateway. Throws an Error when it lacks a path or a parameter that sendsms needs. */
export function readKannelUri(to: string): URL {
  const text = to.replace(/^kannel\+/i, "");
  if (!URL.canParse(text)) throw new Error(`cannot send to ${shownUri(to)}`);
  const url = new URL(text);
  for (const name of ["username", "password"]) {
    if (!url.searchParams.has(name)) throw new Error(`kannel+${url.origin}${url.pathname}: has no ${name}=..`);
  }
  return url;
}

/** Keeps `connections` open; one is enough unless the gateway is far away. */
export function openKannel(to: string, connections: number, report: LinkReport): Link {
  const url = readKannelUri(to);
  const isTls = url.protocol === "https:";
  const agent = new (isTls ? TlsAgent : PlainAgent)({ keepAlive: true, maxSockets: connections });

  async function send(submission: Submission): Promise<Result> {
    checkSms(submission);
    const { address, push, reference } = submission;
    const parts = smsParts(push, { reference });
    let result: Result = { kind: "unsent", text: "" };
    for (const [i, part] of parts.entries()) {
      const target = new URL(url);
      target.searchParams.set("to", address);
      const request = (isTls ? requestTls : requestPlain)(`${target.href}&${kannelForm(part)}`, {
        agent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const [response] = (await once(request.end(), "response")) as [IncomingMessage];
      const body = await readBounded(response);
      result = resultOf(response.statusCode ?? 0, (body ?? "more than a gateway answers").toString().trim());
      if (result.kind !== "accepted") return i > 0 ? { kind: "unknown", text: "only a part of it was taken" } : result;
    }
    return result;
  }

  return createSenderLink(send, report, {
    atOnce: connections,
    close: () => agent.destroy(),
    slots: ({ push }) => countParts(push.length, false),
  });
}

/** User guide of Kannel, "Sending SMS": 202 accepted or queued, 503 temporary failure. */
function resultOf(code: number, text: string): Result {
  if (code === 200 || code === 202) return { kind: "accepted", text, messageIds: [] };
  if (code === 503) return { kind: "unsent", text };
  return { kind: "refused", code: `HTTP ${code}`, text };
}
