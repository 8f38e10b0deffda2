/** `pkg0 wireshark`: a dissector for Wireshark in Lua, from the tables of explain. */
import * as pkg0 from "../../../src/index.ts";
import { BEARERS, INITIATORS, TRANSPORTS, UI_MODES } from "../../codec/index.ts";
import { OPTIONS } from "../../codec/words.ts";
import { command } from "./command.ts";
import { print } from "./output.ts";

export const wireshark = command({
  about: "a dissector for Wireshark and tshark, in Lua",
  options: {},
  notes: [
    "It names the fields of a Package #0 in WAP Push, SIP and HTTP, by the media types of DM 1.3 and 1.2. Put it into Wireshark's folder for personal Lua plugins (Help, About, Folders), or load it with -X.",
  ],
  examples: ["pkg0 wireshark > pkg0.lua", "tshark -X lua_script:pkg0.lua -r capture.pcapng -Y pkg0 -V"],
  async run() {
    print(luaScript());
    return 0;
  },
});

/** { [0] = "a", [1] = "b" } */
function table(words: readonly string[]): string {
  return `{ ${words.map((word, i) => `[${i}] = ${JSON.stringify(word)}`).join(", ")} }`;
}

function luaScript(): string {
  return `-- Package #0 of OMA DM 1.3 (OMA-TS-DM_Notification-V1_3 §6) and 1.2, written by pkg0 wireshark.
local initiators = ${table(INITIATORS)}
local ui_modes = ${table(UI_MODES)}
local transports = ${table(TRANSPORTS)}
local bearers = ${table(BEARERS)}
local options = ${table(OPTIONS.map(([name]) => name))}

local p = Proto("pkg0", "OMA DM Notification (Package #0)")
local f = {
  version = ProtoField.uint8("pkg0.ver", "VER", base.DEC, nil, 0xf0),
  count = ProtoField.uint8("pkg0.opc", "OPC", base.DEC, nil, 0x0e),
  initiator = ProtoField.uint8("pkg0.initiator", "I", base.DEC, initiators, 0x01),
  ui = ProtoField.uint8("pkg0.uim", "UIM", base.DEC, ui_modes, 0xc0),
  transport = ProtoField.uint8("pkg0.tra", "TRA", base.DEC, transports, 0x38),
  reserved = ProtoField.uint24("pkg0.reserved", "RESERVED", base.HEX, nil, 0x07ffff),
  timeout = ProtoField.uint16("pkg0.timeout", "TIMEOUT (minutes)", base.DEC),
  session = ProtoField.uint16("pkg0.sessionid", "SESSIONID", base.HEX),
  timestamp = ProtoField.absolute_time("pkg0.timestamp", "TIMESTAMP", base.UTC),
  option = ProtoField.uint8("pkg0.option", "Option", base.DEC, options, 0xf0),
  length = ProtoField.uint16("pkg0.option.length", "Length", base.DEC, nil, 0x0fff),
  server = ProtoField.string("pkg0.server_id", "Server-ID", base.UNICODE),
  targeted = ProtoField.uint16("pkg0.targeted_mo", "Targeted-MO", base.DEC),
  requested = ProtoField.uint16("pkg0.requested_mo", "Requested-MO", base.DEC),
  bearer = ProtoField.uint8("pkg0.preferred_bearer", "Preferred-Bearer", base.DEC, bearers),
  reason = ProtoField.string("pkg0.connect_reason", "Connect-Reason", base.UNICODE),
  vendor = ProtoField.bytes("pkg0.vendor_info", "Vendor-Info"),
  digest = ProtoField.bytes("pkg0.digest", "digest"),
  version12 = ProtoField.uint16("pkg0.version", "version (tenths)", base.DEC, nil, 0xffc0),
  ui12 = ProtoField.uint16("pkg0.ui_mode", "ui-mode", base.DEC, ui_modes, 0x0030),
  initiator12 = ProtoField.uint16("pkg0.initiator12", "initiator", base.DEC, initiators, 0x0008),
}
p.fields = f
local malformed = ProtoExpert.new("pkg0.malformed", "malformed", expert.group.MALFORMED, expert.severity.ERROR)
p.experts = { malformed }

local values = {
  [${pkg0.OPTION_SERVER_ID}] = f.server, [${pkg0.OPTION_TARGETED_MO}] = f.targeted, [${pkg0.OPTION_REQUESTED_MO}] = f.requested,
  [${pkg0.OPTION_PREFERRED_BEARER}] = f.bearer, [${pkg0.OPTION_CONNECT_REASON}] = f.reason, [${pkg0.OPTION_VENDOR_INFO}] = f.vendor,
}

local function dissect13(tvb, tree)
  local last = tvb:len() - ${pkg0.SHA256_BYTES}
  if last < ${pkg0.HEADER_BYTES} then return tree:add_proto_expert_info(malformed, "shorter than header and digest") end
  tree:add(f.version, tvb(0, 1)); tree:add(f.count, tvb(0, 1)); tree:add(f.initiator, tvb(0, 1))
  tree:add(f.ui, tvb(1, 1)); tree:add(f.transport, tvb(1, 1)); tree:add(f.reserved, tvb(1, 3))
  tree:add(f.timeout, tvb(4, 2)); tree:add(f.session, tvb(6, 2)); tree:add(f.timestamp, tvb(8, 4))
  local at = ${pkg0.HEADER_BYTES}
  for _ = 1, tvb(0, 1):bitfield(4, 3) do
    if at + 2 > last then return tree:add_proto_expert_info(malformed, "OPC counts more options than there are") end
    local number, length = tvb(at, 1):bitfield(0, 4), tvb(at, 2):bitfield(4, 12)
    if at + 2 + length > last then return tree:add_proto_expert_info(malformed, "an option runs into the digest") end
    local branch = tree:add(f.option, tvb(at, 1))
    branch:set_len(2 + length)
    branch:add(f.length, tvb(at, 2))
    if values[number] and length > 0 then branch:add_packet_field(values[number], tvb(at + 2, length), ENC_UTF_8) end
    at = at + 2 + length
  end
  if at ~= last then tree:add_proto_expert_info(malformed, "bytes between the last option and the digest") end
  tree:add(f.digest, tvb(last, ${pkg0.SHA256_BYTES}))
end

local function dissect12(tvb, tree)
  if tvb:len() < ${pkg0.MD5_BYTES + pkg0.TRIGGER_HEADER_BYTES} then return tree:add_proto_expert_info(malformed, "shorter than digest and trigger header") end
  tree:add(f.digest, tvb(0, ${pkg0.MD5_BYTES}))
  tree:add(f.version12, tvb(16, 2)); tree:add(f.ui12, tvb(16, 2)); tree:add(f.initiator12, tvb(16, 2))
  tree:add(f.session, tvb(21, 2))
  local length = tvb(23, 1):uint()
  if length == 0 or 24 + length > tvb:len() then return tree:add_proto_expert_info(malformed, "the server identifier runs over the end") end
  tree:add_packet_field(f.server, tvb(24, length), ENC_UTF_8)
  if tvb:len() > 24 + length then tree:add(f.vendor, tvb(24 + length)) end
end

-- the type only says which format to expect: the structure decides
local function is12(tvb)
  if tvb:len() < 24 or tvb(0, 1):bitfield(0, 4) == 1 then return false end
  local version = tvb(16, 2):bitfield(0, 10)
  return version >= 10 and version <= 12
end

function p.dissector(tvb, pinfo, root)
  pinfo.cols.protocol = "Package #0"
  local tree = root:add(p, tvb())
  if is12(tvb) then dissect12(tvb, tree) else dissect13(tvb, tree) end
  return tvb:len()
end

local types = DissectorTable.get("media_type")
types:add(${JSON.stringify(pkg0.MIME_13)}, p)
types:add(${JSON.stringify(pkg0.MIME_12)}, p)

-- Wireshark's WSP does not know the code of the 1.3 type: there the body of a push is handed over here
local udp = DissectorTable.get("udp.port")
local wsp = udp:get_dissector(${pkg0.PUSH_PORT})
local push = Proto("pkg0_push", "WAP Push of OMA DM")
function push.dissector(tvb, pinfo, root)
  if wsp then wsp:call(tvb, pinfo, root) end
  if tvb:len() < 4 or tvb(1, 1):uint() ~= 6 or tvb(2, 1):uint() >= 0x80 or tvb(3, 1):uint() ~= ${0x80 | pkg0.CONTENT_TYPE_13} then return end
  local from = 3 + tvb(2, 1):uint()
  if from < tvb:len() then p.dissector(tvb(from):tvb(), pinfo, root) end
end
udp:add(${pkg0.PUSH_PORT}, push)`;
}
