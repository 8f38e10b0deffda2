/** The ECMA-419 classes, and Moddable's own, as far as they are used here. Types only. */

/** "embedded:io/serial". `write` throws, and writes nothing, where there is no room. */
export type SerialClass = new (options: {
  [name: string]: unknown;
  format: "buffer";
  onReadable: (count: number) => void;
  onWritable: (count: number) => void;
}) => { read(): ArrayBuffer | undefined; write(bytes: ArrayBuffer): void; close(): void };

/** "embedded:io/socket/udp" */
export type UdpClass = new (options: {
  port: number;
  onReadable: (packets: number) => void;
  onError: () => void;
}) => { read(): ArrayBuffer | undefined; close(): void };

/** "embedded:storage/key-value" */
export interface KeyValue {
  open(options: { path: string; mode: "r+"; format: "buffer" }): {
    read(key: string): ArrayBuffer | undefined;
    write(key: string, value: ArrayBuffer): void;
    delete(key: string): void;
  };
}

/** Digest of "crypt" */
export type DigestClass = new (name: "SHA256" | "MD5") => { write(bytes: ArrayBuffer): void; close(): ArrayBuffer };

/** "time" and "timer" */
export interface Time {
  /** Milliseconds; wraps at 32 bits. */
  readonly ticks: number;
}
export interface Timer {
  repeat(call: () => void, milliseconds: number): unknown;
}
