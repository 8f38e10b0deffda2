import { sessionChecks } from "../../conformance/board.ts";
import { checkBoard } from "./board.ts";

checkBoard([sessionChecks]);
