import ngVariant from "@jitl/quickjs-ng-wasmfile-release-sync";
import { newQuickJSWASMModuleFromVariant, type QuickJSSyncVariant, RELEASE_SYNC } from "quickjs-emscripten";

/** Both families of QuickJS, in WebAssembly: they need nothing but `npm ci`. */
export const QUICKJS: Record<string, QuickJSSyncVariant> = { QuickJS: RELEASE_SYNC, "QuickJS-ng": ngVariant };

/** A script that has been run under a memory limit. */
export interface Board {
  /** What it printed, and what it threw. */
  lines: string[];
  /** Evaluates more code beside it; throws what that throws. */
  evaluate(code: string): void;
  /** Bytes of all that lives in the engine: itself, the script's code, its data. */
  usedBytes(): number;
  dispose(): void;
}

/**
 * Runs `script` in a fresh engine. In these builds the engine's own limit counts only the 8 bytes before each block
 * (measured: with 30 KiB a script reached 150), so it merely stops a script that runs away: compare `usedBytes`.
 */
export async function runInQuickjs(variant: QuickJSSyncVariant, limitBytes: number, script: string): Promise<Board> {
  const quickjs = await newQuickJSWASMModuleFromVariant(variant);
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(limitBytes);
  const context = runtime.newContext();
  const lines: string[] = [];
  const print = context.newFunction("print", line => {
    lines.push(context.getString(line));
  });
  context.setProp(context.global, "print", print);
  print.dispose();
  const evaluate = (code: string): void =>
    context.unwrapResult(context.evalCode(code, "script.js", { type: "global" })).dispose();
  try {
    evaluate(script);
  } catch (error) {
    lines.push(String(error));
  }
  return {
    lines,
    evaluate,
    usedBytes(): number {
      const usage = runtime.computeMemoryUsage();
      const { memory_used_size } = context.dump(usage);
      usage.dispose();
      return memory_used_size;
    },
    dispose(): void {
      context.dispose();
      runtime.dispose();
    },
  };
}
