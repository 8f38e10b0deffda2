/** Example messages: the reference vectors, signed with published secrets. */
export const EXAMPLES = [
  {
    title: "DM 1.3, WSP push",
    hex: "010603d8af8717500000003c12346553f100100c6d676d742e6578616d706c653001014001024f428dec4600bb36ea3b1475285d75af13f332d9cbff0224776c3ae75a2b845a",
    secret: "secret13",
    nonce: "",
  },
  {
    title: "DM 1.2, Package #0",
    hex: "6c3744b1b7dba51a112ed2d79edda67b02d800000012340c6d676d742e6578616d706c65",
    secret: "secret12",
    nonce: "000102030405060708090a0b0c0d0e0f",
  },
  {
    title: "A byte of the digest changed",
    hex: "010603d8af8717500000003c12346553f100100c6d676d742e6578616d706c653001014001024f428dec4600bb36ea3b1475285d75af13f332d9cbff0224776c3ae75a2b845b",
    secret: "secret13",
    nonce: "",
  },
] as const;
