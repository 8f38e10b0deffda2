/** Chooses among the sets of parts that a part completes, as a caller of createSmsReceiver must. In the device dialect. */
import { layerOf, OK, type Status } from "../../src/status.ts";

interface Receiver {
  bytes: Uint8Array;
  from: number;
  to: number;
  sets: {
    bytes: Uint8Array;
    size: number;
    assemble(set: number): boolean;
  } | null;
  receive(bytes: Uint8Array, from: number, to: number): Status;
  judged(status: Status, isMessage: boolean, next: number): void;
}

/** Takes the first set that `check` finds to be a message; else returns the status that came furthest. */
export function receiveChecked(
  sms: Receiver,
  tpdu: Uint8Array,
  check: (bytes: Uint8Array, from: number, to: number) => Status,
): Status {
  const received = sms.receive(tpdu, 0, tpdu.length);
  const sets = sms.sets;
  if (received !== OK) return received;
  if (sets === null) {
    sms.judged(OK, false, 0);
    return OK;
  }
  let furthest = OK;
  for (let set = 0; set === 0 || sets.assemble(set); set++) {
    const status = check(sets.bytes, 0, sets.size);
    if (status === OK) {
      sms.to = sets.size;
      sms.judged(OK, true, 0);
      return OK;
    }
    if (furthest === OK || layerOf(status) > layerOf(furthest)) furthest = status;
  }
  sms.judged(furthest, false, 0);
  return furthest;
}

/** Takes the newest parts, whatever they are. */
export function receiveAny(sms: Receiver, tpdu: Uint8Array): Status {
  return receiveChecked(sms, tpdu, () => OK);
}
