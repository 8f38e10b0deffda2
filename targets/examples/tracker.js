/**
 * A tracker that sleeps until a short message wakes it. `board` has storage and clock; `serial` to an AT modem that stores
 * messages while everything else is off; `wake(call)` for the modem's ring line; `sleep()`; and `report(done)`, which
 * performs the DM session. It may have `ui` and `bearers` of the HAL, and `onBearer(call)` for a change of bearers.
 */
export function startTracker(pkg0, board) {
  const modem = pkg0.createModem(board.serial, board.clock, {});
  let isBusy = 0;
  let quietSeconds = 0;

  const hal = {
    storage: board.storage,
    clock: board.clock,
    sms: modem,
    ui: board.ui, // absent: nobody is asked
    bearers: board.bearers, // absent: all are up
    session: {
      start(request) {
        isBusy++;
        board.report(request, () => {
          isBusy--;
          client.sessionDone(request);
        });
        return 0; // started
      },
    },
  };
  const sms = () => pkg0.createSmsReceiver(board.clock, {});
  const client = pkg0.createClient(hal, { sms, onVerdict: () => (quietSeconds = 0), digestBurst: 4 });

  board.wake(() => {
    quietSeconds = 0;
    client.open(); // sets the modem up again, and fetches the messages that it has stored
    client.resume();
  });
  if (board.onBearer !== undefined) board.onBearer(() => client.bearerChanged());
  /** To be called once a second while awake. */
  return function tick() {
    modem.tick();
    if (isBusy > 0 || ++quietSeconds < 30) return;
    client.close();
    board.sleep();
  };
}
