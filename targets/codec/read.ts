/** Reads one message layer by layer, for decode and dissect. */
import * as pkg0 from "../../src/index.ts";
import { readUdh } from "../../src/push/sms/udh.ts";
import { guessLayer, type Layer } from "./layer.ts";

/** A message, as far as it was read. All offsets refer to `bytes`. */
export interface Reading {
  bytes: Uint8Array;
  /** The layer at which the message begins; null when no layer fits. */
  layer: Layer | null;
  status: number;
  /** The offset of the fault; 0 when OK. */
  at: number;
  /** The offset at which the TPDU begins, after the SMSC part. */
  tpduFrom: number;
  /** The offset at which the UDH of user data ends. */
  dataAt: number;
  /** Each layer that was reached; `status` is about the last. */
  tpdu?: pkg0.Tpdu;
  push?: pkg0.Push;
  notification?: pkg0.Notification;
}

/**
 * Reads `bytes` from the layer `as` on, or "auto". A TPDU that is a part of a message is read up to its user data, and gives
 * MORE; TpduReader joins parts.
 */
export function readMessage(bytes: Uint8Array, as: Layer | "auto"): Reading {
  const layer = as === "auto" ? guessLayer(bytes) : as;
  const reading: Reading = { bytes, layer, status: pkg0.OK, at: 0, tpduFrom: 0, dataAt: 0 };
  if (layer === null) return stop(reading, pkg0.NOT_RECOGNISED, 0);
  if (layer === "tpdu") return readTpduLayer(reading);
  if (layer === "user-data") return readUserDataLayer(reading);
  if (layer === "push") return readPushLayer(reading, 0, bytes.length);
  return readNotificationLayer(reading, 0, bytes.length, layer, pkg0.CONTENT_TYPE_OTHER);
}

function stop(reading: Reading, status: number, at: number): Reading {
  reading.status = status;
  reading.at = at;
  return reading;
}

function readTpduLayer(reading: Reading): Reading {
  const { bytes } = reading;
  const t = pkg0.newTpdu();
  reading.tpdu = t;
  reading.tpduFrom = pkg0.locateTpdu(bytes, 0, bytes.length, t);
  const status = pkg0.readTpdu(bytes, reading.tpduFrom, bytes.length, t);
  if (status !== pkg0.OK) return stop(reading, status, t.at);
  if (t.destinationPort < 0) return stop(reading, pkg0.SMS_PORT_MISSING, t.at);
  if (t.destinationPort !== pkg0.PUSH_PORT) return stop(reading, pkg0.SMS_PORT_OTHER, t.at);
  if (t.total > 1) return stop(reading, pkg0.MORE, 0);
  return readPushLayer(reading, t.dataAt, t.dataTo);
}

/** Reads UDH and data; of a part of a message only the UDH. */
function readUserDataLayer(reading: Reading): Reading {
  const { bytes } = reading;
  const to = bytes.length;
  if (to > pkg0.USER_DATA_MAX) return stop(reading, pkg0.TPDU_USER_DATA, pkg0.USER_DATA_MAX);
  const u = pkg0.newTpdu();
  const dataAt = readUdh(bytes, 0, to, u);
  reading.dataAt = dataAt;
  if (u.destinationPort < 0) return stop(reading, pkg0.SMS_PORT_MISSING, to);
  if (u.destinationPort !== pkg0.PUSH_PORT) return stop(reading, pkg0.SMS_PORT_OTHER, to);
  if (u.total > 1) return stop(reading, pkg0.MORE, 0);
  return readPushLayer(reading, dataAt, to);
}

function readPushLayer(reading: Reading, from: number, to: number): Reading {
  const push = pkg0.newPush();
  reading.push = push;
  const status = pkg0.readPush(reading.bytes, from, to, push, pkg0.PUSH_HEADERS_MAX);
  if (status !== pkg0.OK) return stop(reading, status, push.at);
  return readNotificationLayer(reading, push.bodyFrom, push.bodyTo, "push", push.contentType);
}

function readNotificationLayer(reading: Reading, from: number, to: number, layer: Layer, type: number): Reading {
  const n = pkg0.newNotification();
  reading.notification = n;
  const status = readBody(reading.bytes, from, to, layer, type, n);
  n.from = from;
  n.to = to;
  return stop(reading, status, status === pkg0.OK ? 0 : n.at);
}

/** Reads a Package #0 in the format of `layer`; in a push, in the format that it has. Sets `n.format`. */
export function readBody(
  bytes: Uint8Array,
  from: number,
  to: number,
  layer: Layer,
  contentType: number,
  n: pkg0.Notification,
): number {
  if (layer === "push") return pkg0.readNotification(bytes, from, to, contentType, n, 0);
  n.format = layer === "1.2" ? pkg0.FORMAT_12 : pkg0.FORMAT_13;
  return layer === "1.2" ? pkg0.readNotification12(bytes, from, to, n) : pkg0.readNotification13(bytes, from, to, n, 0);
}
