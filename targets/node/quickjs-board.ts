/**
 * The hardware of the virtual board: QuickJS with little memory, a flash in this process, and the bundle that a real board
 * would run.
 */
import type { QuickJSContext, QuickJSHandle, QuickJSWASMModule } from "quickjs-emscripten";

export interface Board {
  /** Calls `board.<name>` in the engine; resolves to its result. */
  call(name: "addAccount" | "open" | "datagram" | "answer" | "bearerChanged", argument?: string | Uint8Array): number;
  /** Bytes of the engine's heap in use. */
  heapUsed(): number;
  close(): void;
}

/**
 * Boots `bundle` and `program` with at most `heapMax` bytes of heap; `onEvent` gets each event that the program reports,
 * `isAvailable` says which bearers are up.
 */
export function bootBoard(
  quickjs: QuickJSWASMModule,
  bundle: string,
  program: string,
  heapMax: number,
  onEvent: (event: { [name: string]: unknown }) => void,
  isAvailable: (bearer: number) => boolean = () => true,
): Board {
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(heapMax);
  runtime.setMaxStackSize(64 * 1024);
  const vm = runtime.newContext();
  const flash = new Map<string, ArrayBuffer>();
  const started = performance.now();

  const host: { [name: string]: (...args: QuickJSHandle[]) => QuickJSHandle } = {
    load(key) {
      const bytes = flash.get(vm.getString(key!));
      return bytes === undefined ? vm.null : vm.newArrayBuffer(bytes.slice(0));
    },
    save(key, bytes) {
      flash.set(vm.getString(key!), bytesOf(vm, bytes!));
      return vm.true;
    },
    erase(key) {
      flash.delete(vm.getString(key!));
      return vm.true;
    },
    isAvailable: bearer => (isAvailable(vm.getNumber(bearer!)) ? vm.true : vm.false),
    seconds: () => vm.newNumber(Math.floor((performance.now() - started) / 1000)),
    event(json) {
      onEvent(JSON.parse(vm.getString(json!)));
      return vm.undefined;
    },
  };
  const hostObject = vm.newObject();
  for (const [name, call] of Object.entries(host)) {
    vm.newFunction(name, call).consume(handle => vm.setProp(hostObject, name, handle));
  }
  vm.setProp(vm.global, "host", hostObject);
  hostObject.dispose();
  vm.unwrapResult(vm.evalCode(bundle, "pkg0.client.js")).dispose();
  vm.unwrapResult(vm.evalCode(program, "main.js")).dispose();
  const board = vm.getProp(vm.global, "board");

  return {
    call(name, argument) {
      const method = vm.getProp(board, name);
      const handle =
        argument === undefined
          ? vm.undefined
          : typeof argument === "string"
            ? vm.newString(argument)
            : vm.newArrayBuffer(new Uint8Array(argument).buffer);
      const result = vm.unwrapResult(vm.callFunction(method, board, handle));
      const status = vm.getNumber(result);
      for (const one of [result, handle, method]) one.dispose();
      return status;
    },
    heapUsed() {
      const usage = runtime.computeMemoryUsage();
      const size = vm.dump(vm.getProp(usage, "memory_used_size")) as number;
      usage.dispose();
      return size;
    },
    close() {
      board.dispose();
      vm.dispose();
      runtime.dispose();
    },
  };
}

function bytesOf(vm: QuickJSContext, handle: QuickJSHandle): ArrayBuffer {
  const lifetime = vm.getArrayBuffer(handle);
  const bytes = new Uint8Array(lifetime.value).slice().buffer;
  lifetime.dispose();
  return bytes;
}
