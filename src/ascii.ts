/** Octets of ASCII by name. This file imports nothing, so esbuild inlines every number and drops the names. */
export const NUL = 0x00;
export const HT = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const CTRL_Z = 0x1a;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const SLASH = 0x2f;
export const DIGIT_0 = 0x30;
export const DIGIT_9 = 0x39;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const LESS_THAN = 0x3c;
export const EQUALS = 0x3d;
export const GREATER_THAN = 0x3e;
export const QUESTION = 0x3f;
export const AT = 0x40; // @
export const CAPITAL_A = 0x41;
export const BRACKET_OPEN = 0x5b;
export const BACKSLASH = 0x5c;
export const BRACKET_CLOSE = 0x5d;
export const TILDE = 0x7e;
export const DEL = 0x7f;
/** The distance from a capital letter to the small one. */
export const CASE_BIT = 0x20;
