/** Decodes, encodes and dissects notifications on a host. Runs in Node and in browsers. */
export { type Credentials, isDigestValid, isSecret, type Judgement, judgeDigest } from "./credentials.ts";
export { createDecoder, type Decoded, type Decoder, decode, type Verdict } from "./decode.ts";
export {
  createDissector,
  type Dissection,
  type Dissector,
  dissect,
  type Field,
  type FieldLayer,
} from "./dissect/index.ts";
export { type Encoded, encode, pushOf } from "./encode.ts";
export { type ExplainOptions, explain } from "./explain.ts";
export {
  FieldError,
  type Fields12,
  type Fields13,
  type FieldsBoth,
  fieldsOf,
  jsonOf,
  type NotificationJson,
} from "./fields.ts";
export { bytesOfHex, hexOf, readNonce } from "./hex.ts";
export type { Found } from "./input/found.ts";
export { LINE_MAX } from "./input/joiner.ts";
export { createLineReader, type LineReader } from "./input/lines.ts";
export { findInCapture } from "./input/push.ts";
export { createJudge, type DeviceVerdict, type Judge, type JudgeOptions } from "./judge.ts";
export { guessLayer, LAYERS, type Layer } from "./layer.ts";
export { findTextFault, normalizeText, serverIdWarning, type TextFault, type TextRules } from "./net-unicode.ts";
export { suggestion } from "./suggest.ts";
export { visible } from "./text.ts";
export { createTpduReader, type TpduAnswer, type TpduReader } from "./tpdus.ts";
export { BEARERS, INITIATORS, type Initiator, TRANSPORTS, type Transport, UI_MODES, type UiMode } from "./words.ts";
