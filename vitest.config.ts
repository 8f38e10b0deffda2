import { defineConfig } from "vitest/config";
import LongestFirst from "./test/longest-first.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // engines on a busy machine are slow: a time-out means a hang, nothing else
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // vitest itself leaves one processor free, of two the half
    maxWorkers: "100%",
    sequence: { sequencer: LongestFirst },
    reporters: ["default", "./test/reporter.ts"],
  },
});
