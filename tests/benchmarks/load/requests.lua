-- What wrk sends: the same request again and again, or sign-ups with names and addresses nobody had before.
-- SEED, the clock in microseconds, keeps two runs apart; THREAD keeps the threads of one run apart.
local threads = 0
local wrong_total, sample_total = 0, ""

function setup(thread)
  thread:set("THREAD", threads)
  threads = threads + 1
  _G["thread" .. threads] = thread
end

local number = 0
local wanted = tonumber(os.getenv("BENCH_STATUS") or "200")
local seed = os.getenv("BENCH_SEED") or "0"
local template = os.getenv("BENCH_BODY")
local headers = {}
for name, value in (os.getenv("BENCH_HEADERS") or ""):gmatch("([%w-]+): ([^\n]*)\n") do
  headers[name] = value
end
local slots = {}
for slot in (os.getenv("BENCH_SLOTS") or ""):gmatch("%S+") do
  slots[#slots + 1] = slot
end
local strangers = os.getenv("BENCH_STRANGERS") == "yes"
wrong, right, sample = 0, 0, ""

function request()
  if not template then
    return wrk.format("GET", nil, headers)
  end
  number = number + 1
  local name = seed .. "x" .. THREAD .. "x" .. number
  if strangers then
    local place = number + THREAD * 8388608
    headers["X-Forwarded-For"] = string.format("%d.%d.%d.7", place % 200 + 11, place / 256 % 256, place / 65536 % 256)
  end
  local slot = slots[(number + THREAD * 7) % #slots + 1]
  local body = template:gsub("@NAME@", name):gsub("@SLOT@", slot)
  return wrk.format("POST", nil, headers, body)
end

function response(status, _, body)
  if status == wanted then
    right = right + 1
  else
    wrong = wrong + 1
    sample = status .. " " .. body:sub(1, 300)
  end
end

function done(summary, latency)
  local rights, wrongs, example = 0, 0, ""
  for index = 1, threads do
    local thread = _G["thread" .. index]
    rights = rights + thread:get("right")
    wrongs = wrongs + thread:get("wrong")
    if thread:get("sample") ~= "" then example = thread:get("sample") end
  end
  local errors = summary.errors
  wrongs = wrongs + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("\nBENCH %d %d %d %d %s\n", rights, wrongs, summary.duration, latency:percentile(99), example:gsub("%s+", " ")))
end
