import { keepingChecks, serialChecks, smsChecks, udpChecks } from "../../conformance/receivers.ts";
import { checkBoard } from "./board.ts";

checkBoard([udpChecks, smsChecks, keepingChecks, serialChecks]);
