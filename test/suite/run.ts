/**
 * What an engine's command line runs behind the client bundle: the suite. Leaves `repeatAll(times)` behind.
 */
import { type Pkg0, suite } from "./index.ts";
import { repeatAll } from "./repeat.ts";
import { end, t } from "./report.ts";

declare const pkg0: Pkg0;
suite(t, pkg0);
(globalThis as { repeatAll?: (times: number) => void }).repeatAll = times => repeatAll(pkg0, times);
end();
