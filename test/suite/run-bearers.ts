/** What an engine's command line runs of the bearers that are built on top of the client: SIP, HTTP, OBEX. */
import { bearersSuite } from "./bearers-suite.ts";
import { end, t } from "./report.ts";

bearersSuite(t);
end();
