/**
 * A board with a modem driver of its own, which only has to deliver SMS-DELIVER TPDUs. `driver` lists and deletes the
 * messages that the modem has stored, and calls `onMessage(index)` when one arrives. Its PDUs begin with the SMSC.
 */
export function createReceiver(pkg0, driver) {
  let deliver = null;
  let timer = null;

  /**
   * Delivers a message, and deletes it when it is settled; returns whether it was. Messages for other applications, and
   * parts of incomplete messages, stay.
   */
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
        if (take(index)) takeAll(); // it may have completed a message, whose other parts are settled now
      };
      // messages that came while the device was off (but not from within `open`); then those that could not be accepted
      // before
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
