/** Those classes of ECMA-419 and of Moddable that this target uses. Types only. */

/**
 * "embedded:io/serial". The constructor throws when the port or pins are in use. `write` throws, and writes nothing, when
 * there is no room. Only Linux calls `onError`: the port is closed when it returns.
 */
export type SerialClass = new (options: {
  [name: string]: unknown;
  format: "buffer";
  onReadable: (count: number) => void;
  onWritable: (count: number) => void;
  onError: () => void;
}) => { read(): ArrayBuffer | undefined; write(bytes: ArrayBuffer): void; close(): void };

/** "embedded:io/socket/udp". The constructor throws when the port is in use. */
export type UdpClass = new (options: {
  port: number;
  onReadable: (packets: number) => void;
}) => { read(): ArrayBuffer | undefined; close(): void };

/**
 * "embedded:storage/key-value". Every method throws when the flash fails or is full; `read` also when a key has another
 * format.
 */
export interface KeyValue {
  open(options: { path: string; mode: "r+"; format: "buffer" }): {
    read(key: string): ArrayBuffer | undefined;
    write(key: string, value: ArrayBuffer): void;
    delete(key: string): void;
  };
}

/** Digest of "crypt" */
export type DigestClass = new (name: "SHA256" | "MD5") => { write(bytes: Uint8Array): void; close(): ArrayBuffer };

/** "time" and "timer" */
export interface Time {
  /** Milliseconds: on boards since the start, as signed 32 bits that wrap; in the simulator since 1970. */
  readonly ticks: number;
}
export interface Timer {
  repeat(call: () => void, milliseconds: number): unknown;
}
