/** Those members of the globals std and os (qjs --std) that this target uses. Types only. */
export interface Std {
  SEEK_SET: number;
  SEEK_END: number;
  open(path: string, flags: string): File | null;
  loadFile(path: string): string | null;
  exit(code: number): void;
  out: { puts(text: string): void; flush(): void };
}

interface File {
  seek(offset: number, whence: number): number;
  tell(): number;
  read(buffer: ArrayBufferLike, position: number, length: number): number;
  close(): number;
}

/** Failures are negative numbers, -errno. */
export interface Os {
  platform: string;
  O_RDWR: number;
  O_WRONLY: number;
  O_CREAT: number;
  O_TRUNC: number;
  WNOHANG: number;
  open(path: string, flags: number, mode: number): number;
  close(file: number): number;
  read(file: number, buffer: ArrayBufferLike, offset: number, length: number): number;
  write(file: number, buffer: ArrayBufferLike, offset: number, length: number): number;
  ttySetRaw(file: number): void;
  setReadHandler(file: number, handler: (() => void) | null): void;
  setTimeout(handler: () => void, milliseconds: number): unknown;
  rename(from: string, to: string): number;
  remove(path: string): number;
  mkdir(path: string, mode: number): number;
  stat(path: string): [unknown, number];
  exec(args: string[], options: { block: boolean }): number;
  waitpid(pid: number, options: number): [number, number];
}
