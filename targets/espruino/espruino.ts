/** Those of Espruino's own objects that this target uses. Types only. */

/** Serial1, Serial2, ...: https://www.espruino.com/Reference#Serial */
export interface EspruinoSerial {
  setup(baud: number, options: { [name: string]: unknown }): void;
  on(event: "data", receive: (text: string) => void): void;
  removeAllListeners(event: string): void;
  write(bytes: Uint8Array): void;
}

/** require("Storage") */
export interface EspruinoStorage {
  read(name: string): string | undefined;
  readArrayBuffer(name: string): ArrayBuffer | undefined;
  write(name: string, bytes: Uint8Array): boolean;
  erase(name: string): void;
}

/** require("dgram") */
export interface Dgram {
  createSocket(type: string): DgramSocket;
}
interface DgramSocket {
  bind(port: number, bound: () => void): void;
  on(event: "message", receive: (text: string) => void): void;
  close(): void;
}

/** require("crypto"); SHA256 is missing in some firmwares. */
export interface Crypto {
  SHA256?(message: Uint8Array): ArrayBuffer;
}
