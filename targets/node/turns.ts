/**
 * Separates answers from judgements, so that the time of an answer reveals no verdict (D12). A judgement that saves to a
 * disk takes a hundred times as long as a refusal, and blocks everything else. So all answers that become due within 50 ms
 * of the beginning of a judgement are sent together, when the 50 ms end.
 */

/** Longer than any judgement: one with a write to the disk takes 17 ms (measured). */
const TURN_MS = 50;
/** How many answers and judgements may wait. In a flood above it, they are no longer separated. */
const WAITING_MAX = 4096;

const judgements: (() => void)[] = [];
const answers: (() => void)[] = [];
const settled: (() => void)[] = [];
let turnsEnd: NodeJS.Timeout | undefined;
let isDue = false;

/** Sends an answer: at once, or at the end of the current turn. */
export function answerInTurn(send: () => void): void {
  if (turnsEnd !== undefined && answers.length < WAITING_MAX) answers.push(send);
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
  if (isDue || turnsEnd !== undefined) return;
  isDue = true;
  setImmediate(() => {
    isDue = false;
    begin();
  });
}

function begin(): void {
  turnsEnd = setTimeout(end, TURN_MS);
  for (const judge of judgements.splice(0)) judge();
  for (const resolve of settled.splice(0)) resolve();
}

function end(): void {
  turnsEnd = undefined;
  for (const send of answers.splice(0)) send();
  if (judgements.length > 0) begin();
}
