/** Counts the instructions of an engine between marks of a script; one start of valgrind counts all of them. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** The script begins with the definition of `mark()`, and with so many calls of it that they can be found. */
const PREFIX = "var mark = function () { return Date.now(); };\n";
const FIRST_MARKS = 8;
const BEGIN = `for (var marked = 0; marked < ${FIRST_MARKS}; marked++) mark();\n`;
/** A smaller count is no mark of its own: one mark entered two functions of libc, or the dynamic linker. */
const ONE_MARK = 100;
/** A name without a folder, whose name would be another in each start, and would be hashed by an engine. */
const FILE = "program.js";
const TIMEOUT_MS = 300_000;
const run = promisify(execFile);

/**
 * Runs `program` behind `code` in `command`. A mark is a call of Date.now(), with which every engine enters one of two
 * functions of libc; there callgrind writes its count so far to a file.
 * Returns `{ printed, between, fault }`: the output, the instructions between each mark of `program` and the next, and the
 * fault of a program that failed. The fault is "does not run" only when the output shows an exception.
 */
export async function countBetweenMarks(command, args, code, program) {
  const folder = mkdtempSync(join(tmpdir(), "pkg0-callgrind-"));
  try {
    writeFileSync(join(folder, FILE), `${PREFIX}${code}\n${BEGIN}${program}\n`);
    const dumps = ["gettimeofday", "clock_gettime"].map(name => `--dump-before=*${name}*`);
    const valgrind = ["--tool=callgrind", "--callgrind-out-file=counted", ...dumps, command, ...args, FILE];
    const options = { timeout: TIMEOUT_MS, maxBuffer: 16 << 20, cwd: folder, env: { PATH: process.env.PATH } };
    const child = run("valgrind", valgrind, options);
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

/** The instructions between the marks; null when the program did not come to its first marks. */
function betweenMarks(folder) {
  const counts = [];
  const files = readdirSync(folder).filter(name => /^counted\.\d+$/.test(name));
  for (const name of files.sort((a, b) => a.slice(8) - b.slice(8))) {
    const count = Number(/^summary: (\d+)/m.exec(readFileSync(join(folder, name), "utf8"))?.[1]);
    if (count < ONE_MARK && counts.length > 0) counts[counts.length - 1] += count;
    else counts.push(count);
  }
  // all counts of the loop of BEGIN are about the same; those of the engine's start and of the program are not
  const isBegin = at => {
    const between = counts.slice(at - FIRST_MARKS + 2, at);
    return between.length === FIRST_MARKS - 2 && Math.max(...between) < 1.2 * Math.min(...between);
  };
  const at = counts.findIndex((_, i) => isBegin(i) && !isBegin(i + 1));
  return at < 0 ? null : counts.slice(at);
}
