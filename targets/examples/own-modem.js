/**
 * A board with a modem driver of its own: all that it has to do is to hand over SMS-DELIVER TPDUs. `driver` lists and deletes
 * what the modem has stored, and calls `onMessage(index)` when something comes; its PDUs begin with the SMSC.
 */
export function createReceiver(pkg0, driver) {
  let deliver = null;

  function take(index) {
    const pdu = driver.read(index);
    const from = 1 + pdu[0];
    if (deliver === null || from >= pdu.length) return;
    const status = deliver(pdu, from, pdu.length);
    // after deliver it is safe; a text for the user, or another application's message, is not ours to delete
    if (!pkg0.isOthers(status)) driver.delete(index);
  }

  return {
    open(onTpdu) {
      deliver = onTpdu;
      driver.onMessage = take;
      // what came while the device was off; never from within open
      setTimeout(() => driver.list().forEach(take), 0);
      return true;
    },
    close() {
      deliver = null;
      driver.onMessage = null;
    },
  };
}
