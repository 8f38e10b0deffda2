/** What the tests use of the npm library `smpp`, which brings no types. */
declare module "smpp" {
  const library: {
    createServer(options: object, listener: (session: never) => void): import("node:net").Server;
    PDU: new (command: string, fields: object) => never;
  };
  export default library;
}
