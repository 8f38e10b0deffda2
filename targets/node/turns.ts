/**
 * Answers and judgements take turns, so that no answer tells by its time what became of a message, its own or that of
 * another (D12). A judgement that saves to a disk takes a hundred times as long as one that refuses, and nothing else runs
 * meanwhile: so all answers that fall due within 50 ms of the beginning of a judgement leave together at their end.
 */

/** Longer than judging takes: 17 ms where the disk is written to (measured). */
const TURN_MS = 50;
/** The number that may wait. Above it, in a flood, answers and judgements come as they can. */
const WAITING_MAX = 4096;

const judgements: (() => void)[] = [];
const answers: (() => void)[] = [];
const settled: (() => void)[] = [];
let turnsEnd: NodeJS.Timeout | undefined;
let isDue = false;

/** Sends an answer: at once, or at the end of the turn. */
export function answerInTurn(send: () => void): void {
  if (turnsEnd !== undefined && answers.length < WAITING_MAX) answers.push(send);
  else send();
}

/** Judges a message that has been answered, once all is sent that was to be sent before. */
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

/** When all that has arrived by now is answered. */
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
