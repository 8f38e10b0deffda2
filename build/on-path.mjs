import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Whether a program of the given name is on PATH.
 * @param {string} command
 * @returns {boolean}
 */
export function isOnPath(command) {
  return (process.env.PATH ?? "").split(delimiter).some(folder => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
