/** Types for the part of the npm library `smpp` that the tests use; the library has none. */
declare module "smpp" {
  const library: {
    createServer(options: object, listener: (session: never) => void): import("node:net").Server;
    PDU: new (command: string, fields: object) => never;
  };
  export default library;
}
