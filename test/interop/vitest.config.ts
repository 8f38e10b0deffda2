import { defineConfig } from "vitest/config";

/** Opt-in: `npm run test:interop`. Each file names the Debian packages that it needs, and is skipped without them. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/interop/*.interop.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
