/**
 * Separates answers from judgements, so that the time of an answer reveals no verdict (D12). A judgement that saves to a
 * disk takes a hundred times as long as a refusal, and blocks everything else. So all answers that become due within a turn,
 * which begins with a judgement and is longer than any, are sent together when the turn ends.
 */

/** A judgement with a write to the disk takes 17 ms on a quiet machine, up to 90 ms on a busy one (measured). */
const TURN_MS = 50;
/** A turn is never longer: a SIP peer would repeat its request after 500 ms (T1, RFC 3261 §17.1.1.1). */
const TURN_MAX_MS = 400;
/** How many answers and judgements may wait. In a flood above it, they are no longer separated. */
const WAITING_MAX = 4096;

const judgements: (() => void)[] = [];
const answers: (() => void)[] = [];
const settled: (() => void)[] = [];
/** Doubled for all later turns when judgements take longer, so that only the first of them could show. */
let turnMs = TURN_MS;
let isTurn = false;
let isDue = false;

/** Sends an answer: at once, or at the end of the current turn. */
export function answerInTurn(send: () => void): void {
  if (isTurn && answers.length < WAITING_MAX) answers.push(send);
  else send();
}

/** Judges a message that has been answered, after all answers before it are sent. */
export function judgeInTurn(judge: () => void): void {
  if (judgements.length >= WAITING_MAX) judgements.shift()!();
  judgements.push(judge);
  beginSoon();
}

/** Resolves when nothing waits to be judged. */
export function allJudged(): Promise<void> {
  return new Promise(resolve => {
    if (judgements.length === 0) resolve();
    else settled.push(resolve);
  });
}

/** Resolves when everything that has arrived so far is answered. */
function beginSoon(): void {
  if (isDue || isTurn) return;
  isDue = true;
  setImmediate(() => {
    isDue = false;
    begin();
  });
}

function begin(): void {
  isTurn = true;
  const start = performance.now();
  for (const judge of judgements.splice(0)) judge();
  const tookMs = performance.now() - start;
  while (turnMs <= tookMs && turnMs < TURN_MAX_MS) turnMs *= 2;
  setTimeout(end, Math.max(0, turnMs - tookMs));
  for (const resolve of settled.splice(0)) resolve();
}

function end(): void {
  isTurn = false;
  for (const send of answers.splice(0)) send();
  if (judgements.length > 0) begin();
}
