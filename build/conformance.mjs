/**
 * npm run conformance: Appendix B, line by line, with the tests behind each from a run made now. A test proves a line when
 * its name begins with the line's id, wherever it is. Exits 1 when a test fails or a mandatory line has none.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** `[id, what, mandatory]`. */
const LINES = [
  ["C-001", "server alerted session (§5)", true],
  ["C-002", "receives the message (§6)", true],
  ["C-003", "DM 1.2 format", true],
  ["C-004", "DM 1.3 format", true],
  ["C-005", "header (§6.1)", true],
  ["C-006", "VER = 1 (§6.4.1)", true],
  ["C-007", "UI mode (§6.4.4)", false],
  ["C-008", "use of SESSIONID (§6.4.8)", true],
  ["C-009", "ignores old messages (§6.4.9)", false],
  ["C-010", "Server-ID (§6.5.1)", true],
  ["C-011", "Targeted-MO (§6.5.2)", false],
  ["C-012", "Vendor-Info (§6.5.3)", false],
  ["C-013", "Requested-MO (§6.5.4)", true],
  ["C-014", "Connect-Reason", false],
  ["C-015", "displays Connect-Reason", false],
  ["C-016", "Preferred-Bearer", true],
  ["C-017", "uses the preferred bearer", false],
  ["C-018", "digest (§6.6)", true],
  ["C-019", "ignores a bad digest (§6.6)", true],
  ["C-020", "WAP Push (§7.1)", false],
  ["C-021", "OBEX (§7.2)", false],
  ["C-022", "SIP (§7.3)", false],
  ["C-023", "HTTP (§7.4)", false],
  ["S-001", "server alerted session", true],
  ["S-002", "sends the message", true],
  ["S-003", "header", true],
  ["S-004", "VER = 1", true],
  ["S-005", "Server-ID", true],
  ["S-006", "Targeted-MO", true],
  ["S-007", "Vendor-Info", false],
  ["S-008", "Requested-MO", true],
  ["S-009", "Connect-Reason", false],
  ["S-010", "Preferred-Bearer", true],
  ["S-011", "digest", true],
  ["S-012", "WAP Push", false],
  ["S-013", "OBEX", false],
  ["S-014", "SIP", false],
  ["S-015", "HTTP", false],
];

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** `[{ name, file, status }]` of the tests that are named after a line. */
function runTests() {
  const folder = mkdtempSync(join(tmpdir(), "pkg0-conformance-"));
  const output = join(folder, "tests.json");
  try {
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    const args = [vitest, "run", "-t", "\\b[CS]-0\\d\\d ", "--reporter=json", `--outputFile=${output}`];
    const { stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
    if (stderr !== "") console.error(stderr);
    const { testResults } = JSON.parse(readFileSync(output, "utf8"));
    const unread = testResults.filter(
      ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
    );
    for (const { name, message } of unread) console.error(`${relative(ROOT, name)} did not load: ${message}`);
    if (unread.length > 0) process.exitCode = 1;
    return testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ title, status }) => ({ title, status, file: relative(ROOT, name) })),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const tests = runTests();
let isConformant = true;
for (const [id, what, isMandatory] of LINES) {
  const behind = tests.filter(({ title }) => title.startsWith(`${id} `));
  const failed = behind.filter(({ status }) => status !== "passed");
  const result = behind.length === 0 ? "missing" : failed.length > 0 ? "FAILED" : "passed";
  if (failed.length > 0 || (isMandatory && behind.length === 0)) isConformant = false;
  console.log(`${id}  ${isMandatory ? "M" : "O"}  ${result.padEnd(7)}  ${what}`);
  for (const { title, status, file } of behind) {
    console.log(`              ${status === "passed" ? "" : `${status}: `}${title.slice(id.length + 1)}  [${file}]`);
  }
}
if (!isConformant) process.exitCode = 1;
