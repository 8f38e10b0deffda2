/** Runs the checks of SIP, HTTP and OBEX in an engine's command line. */
import { bearersSuite } from "./bearers-suite.ts";
import { end, t } from "./report.ts";

bearersSuite(t);
end();
