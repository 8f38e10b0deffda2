/** Shared by the ports of the tests: running the checks, and a host whose fakes share a clock and a medium. */
import { checkPort, type Port } from "../../targets/conformance/index.ts";

export interface Outcome {
  passed: string[];
  /** `check: what is wrong`. */
  failed: string[];
  skipped: string[];
}

/** Runs the checks on a port whose `whenArrived` comes back at once, or in a while. */
export function run(port: Port): Promise<Outcome> {
  return new Promise(resolve => {
    const outcome: Outcome = { passed: [], failed: [], skipped: [] };
    const report = {
      passed: (check: string) => void outcome.passed.push(check),
      failed: (check: string, what: string) => void outcome.failed.push(`${check}: ${what}`),
      skipped: (check: string, missing: string) => void outcome.skipped.push(`${check}: ${missing}`),
    };
    checkPort(port, report, () => resolve(outcome));
  });
}

/** The medium of a fake system's records: it outlasts resets, can be full, and can be cut in the middle of a write. */
export interface Medium {
  files: Map<string, Uint8Array>;
  isFull: boolean;
  isCutNext: boolean;
  isOff: boolean;
  /** Reads fail for now. */
  isUnreadable: boolean;
  /** Whether all of `bytes` was written. */
  write(name: string, bytes: Uint8Array): boolean;
}

export function createMedium(): Medium {
  const medium: Medium = {
    files: new Map(),
    isFull: false,
    isCutNext: false,
    isOff: false,
    isUnreadable: false,
    write(name, bytes) {
      if (medium.isFull || medium.isOff) return false;
      if (medium.isCutNext) {
        medium.isCutNext = false;
        medium.isOff = true;
        medium.files.set(name, bytes.slice(0, bytes.length >> 1));
        return false;
      }
      medium.files.set(name, bytes.slice());
      return true;
    },
  };
  return medium;
}

/** The controls that all fakes have. `keyOf` returns the name of a record in the medium. */
export function handsOf(medium: Medium, keyOf: (key: string) => string) {
  return {
    restart(): void {
      medium.isOff = false;
    },
    setFull(isFull: boolean): void {
      medium.isFull = isFull;
    },
    setUnreadable(isUnreadable: boolean): void {
      medium.isUnreadable = isUnreadable;
    },
    cutNextSave(): void {
      medium.isCutNext = true;
    },
    corrupt(key: string): void {
      const file = medium.files.get(keyOf(key))!;
      medium.files.set(keyOf(key), file.map(octet => octet ^ 0x5a).subarray(3));
    },
  };
}
