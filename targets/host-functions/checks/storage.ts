import { storageChecks } from "../../conformance/storage.ts";
import { checkBoard } from "./board.ts";

checkBoard([storageChecks]);
