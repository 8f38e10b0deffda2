import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

/**
 * Names the skipped tests, whose names contain the reason, and prints `N passed, N failed, N skipped` as the last line,
 * which CI reads. A file that does not load counts as a failure.
 */
export default class Totals implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    let failed = errors.length;
    const skipped = new Map<string, number>();
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        const { state } = result;
        if (state === "passed") passed++;
        if (state === "failed") failed++;
        if (state !== "skipped") continue;
        const reason = "note" in result && result.note ? `${reasonOf(test)}: ${result.note}` : reasonOf(test);
        skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
      }
    }
    process.on("exit", () => {
      for (const [name, count] of skipped) console.log(`skipped${count > 1 ? ` ${count} tests` : ""}: ${name}`);
      const total = [...skipped.values()].reduce((sum, count) => sum + count, 0);
      console.log(`${passed} passed, ${failed} failed, ${total} skipped`);
    });
  }
}

/** The name of the test, or of the suite around it that was skipped as a whole. */
function reasonOf(test: TestCase): string {
  let named: TestCase | TestSuite = test;
  for (let at: TestCase["parent"] | TestCase = test; at.type !== "module"; at = at.parent) {
    if (at.name.includes("skipped")) named = at;
  }
  return `${test.module.relativeModuleId} > ${named.fullName.replace(/: skipped, | \(skipped: /, ": ")}`;
}
