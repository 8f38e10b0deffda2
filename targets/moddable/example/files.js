/**
 * Key-value storage over the SDK's `file`, for platforms without a sufficient one: Linux has none, and the Pico's takes at
 * most 63 bytes. A record is a file, which replaces the former one when it is complete. Deeply frozen (`true`, in XS), so
 * that it can be preloaded.
 */

import { File } from "file";
import config from "mc/config";

export default Object.freeze(
  {
    open({ path }) {
      const folder = config.file.root;

      return {
        read(key) {
          if (!File.exists(`${folder}${path}.${key}`)) return undefined;
          const file = new File(`${folder}${path}.${key}`);
          try {
            return file.length === 0 ? new ArrayBuffer(0) : file.read(ArrayBuffer);
          } finally {
            file.close();
          }
        },
        write(key, value) {
          const next = `${folder}${path}-next`;
          File.delete(next);
          let file = new File(next, true);
          try {
            file.write(value);
          } finally {
            file.close(); // littlefs may find out only now that it has no room, and reports no error
          }
          file = new File(next);
          const length = file.length;
          file.close();
          if (length !== value.byteLength || !File.rename(next, `${path}.${key}`)) throw new Error("not written");
        },
        delete(key) {
          File.delete(`${folder}${path}.${key}`);
        },
      };
    },
  },
  true,
);
