/** The ECMA-419 classes, and Moddable's own, as far as they are used here. Types only. */

/**
 * "embedded:io/serial". The constructor throws where port or pins are in use; `write` throws, and writes nothing, where
 * there is no room. `onError`, on Linux alone: the port is closed when it returns.
 */
export type SerialClass = new (options: {
  [name: string]: unknown;
  format: "buffer";
  onReadable: (count: number) => void;
  onWritable: (count: number) => void;
  onError: () => void;
}) => { read(): ArrayBuffer | undefined; write(bytes: ArrayBuffer): void; close(): void };

/** "embedded:io/socket/udp". The constructor throws where the port is in use. */
export type UdpClass = new (options: {
  port: number;
  onReadable: (packets: number) => void;
}) => { read(): ArrayBuffer | undefined; close(): void };

/** "embedded:storage/key-value". All of it throws where the flash fails or is full; `read` also where a key is of another format. */
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
  /** Milliseconds: on boards since the start, wrapping to 32 bits with a sign; in the simulator since 1970. */
  readonly ticks: number;
}
export interface Timer {
  repeat(call: () => void, milliseconds: number): unknown;
}
