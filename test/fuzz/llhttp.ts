/** llhttp, Node's reader of HTTP, in the form that undici contains: a second reader to compare our receiver with. */
import { createRequire } from "node:module";

/** A request as llhttp frames it. */
export interface Framed {
  method: number;
  body: Buffer;
  isComplete: boolean;
}

export const LLHTTP_POST = 3;
export const LLHTTP_OPTIONS = 6;
const REQUEST = 1;

interface Exports {
  memory: { buffer: ArrayBuffer };
  malloc(size: number): number;
  free(at: number): void;
  llhttp_alloc(type: number): number;
  llhttp_free(parser: number): void;
  llhttp_execute(parser: number, at: number, length: number): number;
  llhttp_get_method(parser: number): number;
}

/** A property that every Node has, but its types do not declare. */
const wasm = (
  globalThis as unknown as {
    WebAssembly: { instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: object } }> };
  }
).WebAssembly;

/** Resolves to a function that reads the requests of one connection, up to the first malformed one. */
export async function loadLlhttp(): Promise<(bytes: Uint8Array) => Framed[]> {
  const binary: Buffer = createRequire(import.meta.url)("undici/lib/llhttp/llhttp-wasm.js");
  let framed: Framed[] = [];
  const env = {
    wasm_on_url: () => 0,
    wasm_on_status: () => 0,
    wasm_on_message_begin: () => {
      framed.push({ method: 0, body: Buffer.alloc(0), isComplete: false });
      return 0;
    },
    wasm_on_header_field: () => 0,
    wasm_on_header_value: () => 0,
    wasm_on_headers_complete: (parser: number) => {
      framed.at(-1)!.method = llhttp.llhttp_get_method(parser);
      return 0;
    },
    wasm_on_body: (_parser: number, at: number, length: number) => {
      const last = framed.at(-1)!;
      last.body = Buffer.concat([last.body, Buffer.from(llhttp.memory.buffer, at, length)]);
      return 0;
    },
    wasm_on_message_complete: () => {
      framed.at(-1)!.isComplete = true;
      return 0;
    },
  };
  const { instance } = await wasm.instantiate(binary, { env });
  const llhttp = instance.exports as unknown as Exports;
  return bytes => {
    framed = [];
    const parser = llhttp.llhttp_alloc(REQUEST);
    const at = llhttp.malloc(bytes.length + 1);
    new Uint8Array(llhttp.memory.buffer, at, bytes.length).set(bytes);
    llhttp.llhttp_execute(parser, at, bytes.length);
    llhttp.free(at);
    llhttp.llhttp_free(parser);
    return framed;
  };
}
