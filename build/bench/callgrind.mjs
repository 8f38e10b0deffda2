/** Counts instructions of engines between two moments of a script, in one start of valgrind however many there are. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** At the script's beginning, `mark()` is defined, and called often enough to be found. */
const PREFIX = "var mark = function () { return Date.now(); };\n";
const FIRST_MARKS = 8;
const BEGIN = `for (var marked = 0; marked < ${FIRST_MARKS}; marked++) mark();\n`;
/** Below it, two functions of libc were entered by one mark, or the dynamic linker was. */
const ONE_MARK = 100;
const TIMEOUT_MS = 300_000;
const run = promisify(execFile);

/**
 * Runs `program` behind `code` in `command`. A mark is a call of Date.now(), with which every engine enters one of two
 * functions of libc; there callgrind writes down what it has counted so far.
 * Returns `{ printed, between, fault }`: what was printed, the instructions between each mark of `program` and the next, and
 * what went wrong: it "does not run" only where it was seen to throw.
 */
export async function countBetweenMarks(command, args, code, program) {
  const folder = mkdtempSync(join(tmpdir(), "pkg0-callgrind-"));
  try {
    const file = join(folder, "program.js");
    writeFileSync(file, `${PREFIX}${code}\n${BEGIN}${program}\n`);
    const dumps = ["gettimeofday", "clock_gettime"].map(name => `--dump-before=*${name}*`);
    const valgrind = ["--tool=callgrind", "--callgrind-out-file=counted", ...dumps, command, ...args, file];
    const child = run("valgrind", valgrind, { timeout: TIMEOUT_MS, maxBuffer: 16 << 20, cwd: folder });
    child.child.stdin.end();
    const { stdout = "", stderr = "", killed, code: exit } = await child.catch(error => error);
    const printed = `${stdout}${stderr.replace(/^==.*$/gm, "")}`;
    const between = killed ? null : betweenMarks(folder);
    if (between !== null) return { printed, between };
    const isThrown = /error|uncaught|exception/i.test(printed);
    const fault = killed ? `timed out after ${TIMEOUT_MS / 1000} s` : isThrown ? "does not run" : `fails (${exit})`;
    return { printed, between: [], fault };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** null where the program did not come to its first marks. */
function betweenMarks(folder) {
  const counts = [];
  const files = readdirSync(folder).filter(name => /^counted\.\d+$/.test(name));
  for (const name of files.sort((a, b) => a.slice(8) - b.slice(8))) {
    const count = Number(/^summary: (\d+)/m.exec(readFileSync(join(folder, name), "utf8"))?.[1]);
    if (count < ONE_MARK && counts.length > 0) counts[counts.length - 1] += count;
    else counts.push(count);
  }
  // the same loop each time, so about the same count: the engine's own calls at its start and the program's differ
  const isBegin = at => {
    const between = counts.slice(at - FIRST_MARKS + 2, at);
    return between.length === FIRST_MARKS - 2 && Math.max(...between) < 1.2 * Math.min(...between);
  };
  const at = counts.findIndex((_, i) => isBegin(i) && !isBegin(i + 1));
  return at < 0 ? null : counts.slice(at);
}
