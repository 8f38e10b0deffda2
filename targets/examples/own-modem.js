/**
 * A board with a modem driver of its own: all that it has to do is to hand over SMS-DELIVER TPDUs. `driver` lists and deletes
 * what the modem has stored, and calls `onMessage(index)` when something comes; its PDUs begin with the SMSC.
 */
export function createReceiver(pkg0, driver) {
  let deliver = null;
  let timer = null;

  /** Delivers a message; returns whether it was settled. Others' messages, and parts of one that is not complete, stay. */
  function take(index) {
    const pdu = driver.read(index);
    const from = 1 + pdu[0];
    if (deliver === null || from >= pdu.length) return false;
    const isSettled = pkg0.isSettled(deliver(pdu, from, pdu.length));
    if (isSettled) driver.delete(index);
    return isSettled;
  }

  function takeAll() {
    driver.list().forEach(take);
  }

  return {
    open(onTpdu) {
      deliver = onTpdu;
      driver.onMessage = index => {
        if (take(index)) takeAll(); // perhaps it was the last part of a message: the others can go now
      };
      // what came while the device was off, never from within open; then what could not be accepted before
      timer = setInterval(takeAll, 60000);
      setTimeout(takeAll, 0);
      return true;
    },
    close() {
      deliver = null;
      driver.onMessage = null;
      clearInterval(timer);
    },
  };
}
