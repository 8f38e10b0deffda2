import { bearerChecks, clockChecks, hashChecks } from "../../conformance/board.ts";
import { checkBoard } from "./board.ts";

checkBoard([clockChecks, hashChecks, bearerChecks]);
