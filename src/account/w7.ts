/** The w7 bootstrap (OMA Client Provisioning, AC-w7000): the parameters of an APPLICATION characteristic as a DMAcc. */
import { DIGIT_0 } from "../ascii.ts";
import type { AppAddr } from "../hal.ts";
import type { AppAuth, DmAcc } from "./dmacc.ts";

/** A characteristic: its parms by name, and the characteristics inside it. */
export interface Characteristic {
  type: string;
  parms: { [name: string]: string };
  inside?: Characteristic[];
}

/**
 * The DMAcc that an APPLICATION characteristic with APPID w7 describes; null when it is another characteristic or has no
 * PROVIDER-ID. AAUTHLEVEL `APPSRV` is the client's credential to the server (CLCRED), `CLIENT` the server's to the client
 * (SRVCRED). `readData`, usually readBase64, turns AAUTHDATA into octets; an AAUTHDATA for which it returns null is left
 * out.
 */
export function readW7(application: Characteristic, readData: (text: string) => Uint8Array | null): DmAcc | null {
  const parms = application.parms;
  const serverId = parms["PROVIDER-ID"];
  if (application.type !== "APPLICATION" || parms.APPID !== "w7" || serverId === undefined) return null;
  const dmAcc: DmAcc = { serverId, appAuth: [] };
  if (parms.NAME !== undefined) dmAcc.name = parms.NAME;
  if (parms["TO-NAPID"] !== undefined) dmAcc.toConRef = [parms["TO-NAPID"]];
  if (parms.AAUTHPREF !== undefined) dmAcc.aauthPref = parms.AAUTHPREF;
  const appAddr: AppAddr[] = [];
  if (parms.ADDR !== undefined) appAddr.push({ addr: parms.ADDR });

  const inside = application.inside === undefined ? [] : application.inside;
  for (let i = 0; i < inside.length; i++) {
    if (inside[i].type === "APPADDR") appAddr.push(readAppAddr(inside[i]));
    if (inside[i].type === "APPAUTH") dmAcc.appAuth.push(readAppAuth(inside[i].parms, readData));
  }
  if (appAddr.length > 0) dmAcc.appAddr = appAddr;
  return dmAcc;
}

function readAppAddr(characteristic: Characteristic): AppAddr {
  const parms = characteristic.parms;
  const appAddr: AppAddr = { addr: parms.ADDR === undefined ? "" : parms.ADDR };
  if (parms.ADDRTYPE !== undefined) appAddr.addrType = parms.ADDRTYPE;
  const ports: number[] = [];
  const inside = characteristic.inside === undefined ? [] : characteristic.inside;
  for (let i = 0; i < inside.length; i++) {
    const port = inside[i].type === "PORT" ? readPort(inside[i].parms.PORTNBR) : 0;
    if (port > 0) ports.push(port);
  }
  if (ports.length > 0) appAddr.port = ports;
  return appAddr;
}

/** The port that PORTNBR names: 1 to 65535 in decimal digits; 0 for any other text. */
function readPort(text: string | undefined): number {
  if (text === undefined) return 0;
  let port = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - DIGIT_0;
    if (digit < 0 || digit > 9) return 0;
    port = Math.min(port * 10 + digit, 65536);
  }
  return port < 65536 ? port : 0;
}

function readAppAuth(parms: { [name: string]: string }, readData: (text: string) => Uint8Array | null): AppAuth {
  const level = parms.AAUTHLEVEL;
  const appAuth: AppAuth = {
    aauthLevel: level === "APPSRV" ? "CLCRED" : level === "CLIENT" ? "SRVCRED" : level === undefined ? "" : level,
  };
  if (parms.AAUTHTYPE !== undefined) appAuth.aauthType = parms.AAUTHTYPE;
  if (parms.AAUTHNAME !== undefined) appAuth.aauthName = parms.AAUTHNAME;
  if (parms.AAUTHSECRET !== undefined) appAuth.aauthSecret = parms.AAUTHSECRET;
  const data = parms.AAUTHDATA === undefined ? null : readData(parms.AAUTHDATA);
  if (data !== null) appAuth.aauthData = data;
  return appAuth;
}
