-- What the Lua bundle needs of JavaScript, and Lua 5.4 has otherwise: 32-bit operators, and typed arrays, which count from 0.
-- The first parameter is `this`, which typescript-to-lua hands to every function.

local function int32(value)
  value = math.tointeger(value) or math.floor(value)
  value = value & 0xffffffff
  return value < 0x80000000 and value or value - 0x100000000
end

function __bit_or(_, a, b) return int32(int32(a) | int32(b)) end
function __bit_and(_, a, b) return int32(int32(a) & int32(b)) end
function __bit_xor(_, a, b) return int32(int32(a) ~ int32(b)) end
function __bit_not(_, a) return int32(~int32(a)) end
function __bit_shl(_, a, n) return int32(int32(a) << (n & 31)) end
function __bit_shr(_, a, n) return (int32(a) & 0xffffffff) >> (n & 31) end
function __bit_sar(_, a, n) return int32(a) // (1 << (n & 31)) end

local function newTypedArray(wrap)
  local class = { prototype = {}, name = "TypedArray" }
  local methods = {}
  local meta = {
    __index = function(array, key)
      if methods[key] ~= nil then return methods[key] end
      local state = rawget(array, "state")
      if key == "length" then return state.length end
      if math.type(key) == "integer" and key >= 0 and key < state.length then return state.data[state.from + key] end
      return nil
    end,
    __newindex = function(array, key, value)
      local state = rawget(array, "state")
      if key >= 0 and key < state.length then state.data[state.from + key] = wrap(value) end
    end,
  }
  local function view(data, from, length)
    return setmetatable({ state = { data = data, from = from, length = length } }, meta)
  end
  local function set(array, source, at)
    at = at or 0
    if source.state ~= nil then
      for i = 0, source.length - 1 do array[at + i] = source[i] end
    else
      for i = 1, #source do array[at + i - 1] = source[i] end
    end
  end
  function methods.set(array, source, at) set(array, source, at) end
  function methods.subarray(array, from, to)
    local state = rawget(array, "state")
    to = math.min(to or state.length, state.length)
    return view(state.data, state.from + from, math.max(to - from, 0))
  end
  function class.from(_, source)
    local isCount = math.type(source) ~= nil
    local length = isCount and math.tointeger(source) or source.state ~= nil and source.length or #source
    local data = {}
    for i = 0, length - 1 do data[i] = 0 end
    local array = view(data, 0, length)
    if not isCount then set(array, source) end
    return array
  end
  return class
end

Uint8Array = newTypedArray(function(value) return int32(value) & 0xff end)
Int8Array = newTypedArray(function(value) return ((int32(value) & 0xff) ~ 0x80) - 0x80 end)
Uint16Array = newTypedArray(function(value) return int32(value) & 0xffff end)
Int32Array = newTypedArray(int32)
Uint32Array = newTypedArray(function(value) return int32(value) & 0xffffffff end)
