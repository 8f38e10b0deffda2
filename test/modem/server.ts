import { createServer, type Socket } from "node:net";
import { createEmulator, type Emulator, type Quirks } from "./emulator.ts";

/** A modem emulator at tcp://127.0.0.1. */
export async function startModem(
  quirks: Quirks,
): Promise<{ emulator: Emulator; url: string; cut: () => void; close: () => void }> {
  const sockets = new Set<Socket>();
  const emulator = createEmulator(quirks, bytes => {
    for (const socket of sockets) socket.write(bytes);
  });
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on("data", bytes => emulator.receive(bytes));
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of [...sockets]) socket.destroy();
  };
  return {
    emulator,
    url: `tcp://127.0.0.1:${(server.address() as { port: number }).port}`,
    cut,
    close() {
      cut();
      server.close();
    },
  };
}
