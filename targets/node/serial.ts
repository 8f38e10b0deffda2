/** The Serial of the HAL on Node: a tty through the optional package serialport, or tcp://HOST:PORT. */
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { Serial } from "../../src/hal.ts";
import { readHostPort } from "./udp.ts";

/** The line to a modem. */
export interface SerialOptions {
  /** Bits a second of a tty. By default 115200. */
  baudRate?: number;
  /** How long to wait before a lost device is opened again. By default 2000. */
  retryMilliseconds?: number;
  /** Called when the device is lost, and with the reason when it cannot be opened again. */
  onError?: (error: Error) => void;
}

/**
 * Opens `device`, such as /dev/ttyUSB2, COM3 or tcp://10.0.0.7:2000. Rejects when the device is not there. A device that is
 * lost later is opened again when it is back; bytes written meanwhile are dropped, as on an unplugged line.
 */
export async function openSerial(device: string, options: SerialOptions = {}): Promise<Serial> {
  let stream: Duplex | null = await openStream(device, options.baudRate ?? 115200);
  let receive: ((bytes: Uint8Array, from: number, to: number) => void) | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  attach(stream);

  function attach(opened: Duplex): void {
    stream = opened;
    opened.on("data", (bytes: Buffer) => receive?.(bytes, 0, bytes.length));
    opened.on("error", error => options.onError?.(error));
    opened.on("close", () => {
      stream = null;
      retry();
    });
    if (isClosed) opened.destroy();
  }

  function retry(): void {
    if (isClosed) return;
    timer = setTimeout(() => {
      openStream(device, options.baudRate ?? 115200).then(attach, error => {
        options.onError?.(error);
        retry();
      });
    }, options.retryMilliseconds ?? 2000);
  }

  return {
    open(onBytes): void {
      receive = onBytes;
    },
    write(bytes): void {
      stream?.write(Buffer.from(bytes));
    },
    close(): void {
      isClosed = true;
      receive = null;
      clearTimeout(timer);
      stream?.destroy();
    },
  };
}

async function openStream(device: string, baudRate: number): Promise<Duplex> {
  if (!device.startsWith("tcp://")) return openTty(device, baudRate);
  const { host, port } = readHostPort(device.slice(6));
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => {
      socket.off("error", reject);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

async function openTty(path: string, baudRate: number): Promise<Duplex> {
  const { SerialPort } = await import("serialport").catch(() => {
    throw new Error(`${path}: serial ports need the package serialport: npm install serialport`);
  });
  return new Promise((resolve, reject) => {
    const port = new SerialPort({ path, baudRate }, error => {
      // serialport puts "Error: " before its messages, and names no device where it was told another baud rate
      if (error) reject(new Error(`${path}: ${error.message.replace(/^Error: /, "")}`));
      else resolve(port);
    });
  });
}
