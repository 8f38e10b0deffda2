import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take ten seconds and more, the longest first (measured). */
const LONG = [
  "test/engines/heap.test.ts",
  "test/listen-kill.test.ts",
  "test/unit/campaign.test.ts",
  "test/package.test.ts",
  "test/targets/flash.test.ts",
  "test/engines/allocations.test.ts",
  "test/unit/cli.test.ts",
  "test/mutants.test.ts",
  "test/engines/engine-suite.test.ts",
  "test/model/power.test.ts",
  "test/engines/instructions.test.ts",
  "test/unit/cli-listen.test.ts",
  "test/unit/property-names.test.ts",
  "test/targets/flood.test.ts",
  "test/unit/smpp.test.ts",
  "test/fuzz/bearers.test.ts",
];

/**
 * Starts the long files first, so that no processor waits for another at the end. A file that is missing in the list, or
 * at a wrong place, costs time and nothing else.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex(file => moduleId.endsWith(`/${file}`));
      return at < 0 ? LONG.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
