/** Datagrams on a serial line: UDP in IPv4 in SLIP. */

const [END, ESC, ESC_END, ESC_ESC] = [0xc0, 0xdb, 0xdc, 0xdd];

/** IPv4 and UDP around a payload. @param {Uint8Array} payload @param {number} port */
export function datagramOf(payload, port) {
  const packet = Buffer.alloc(28 + payload.length);
  packet[0] = 0x45;
  packet.writeUInt16BE(packet.length, 2);
  packet.set([64, 17], 8);
  packet.set([10, 0, 0, 1, 10, 0, 0, 2], 12);
  let sum = 0;
  for (let i = 0; i < 20; i += 2) sum += packet.readUInt16BE(i);
  packet.writeUInt16BE(~((sum & 0xffff) + (sum >> 16)) & 0xffff, 10);
  packet.writeUInt16BE(40000, 20);
  packet.writeUInt16BE(port, 22);
  packet.writeUInt16BE(8 + payload.length, 24);
  packet.set(payload, 28);
  return packet;
}

/** RFC 1055. @param {Uint8Array} packet */
export function slipOf(packet) {
  const bytes = [END];
  for (const octet of packet) {
    if (octet === END) bytes.push(ESC, ESC_END);
    else if (octet === ESC) bytes.push(ESC, ESC_ESC);
    else bytes.push(octet);
  }
  return Uint8Array.from([...bytes, END]);
}
