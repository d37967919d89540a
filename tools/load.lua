-- What wrk does for tools/load.mjs: asks for the addresses of a list in a random order that is the same in every run, counts
-- every answer that is not 200, ends early after as many answers as are allowed, and prints its figures as JSON.
--
--   wrk … --script tools/load.lua URL -- LIST MOST
--
-- LIST is a Lua file that returns the addresses ({path=…, headers={…}}); {n} in a path is another number each time, so that
-- nothing that was made for one answer is shown in another.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  math.randomseed(2027)
  addresses = dofile(args[1])
  most = tonumber(args[2])
  asked, answered, unexpected, sample = 0, 0, 0, ""
  for _, address in ipairs(addresses) do
    if not address.path:find("{n}", 1, true) then
      address.text = wrk.format("GET", address.path, address.headers)
    end
  end
end

function request()
  local address = addresses[math.random(#addresses)]
  asked = asked + 1
  return address.text or wrk.format("GET", (address.path:gsub("{n}", tostring(asked))), address.headers)
end

function response(status, headers, body)
  answered = answered + 1
  if status ~= 200 then
    unexpected = unexpected + 1
    if sample == "" then
      sample = status .. " " .. (headers["location"] or headers["Location"] or "") .. " " .. (body or ""):sub(1, 200)
    end
  end
  if answered >= most then
    wrk.thread:stop()
  end
end

function done(summary, latency)
  local unexpected, sample = 0, ""
  for _, thread in ipairs(threads) do
    unexpected = unexpected + thread:get("unexpected")
    if sample == "" then
      sample = thread:get("sample")
    end
  end
  local errors = summary.errors
  local escaped = sample:gsub("[%c\"\\\128-\255]", " ")
  io.write(string.format(
    '\nload: {"p50":%d,"p95":%d,"p99":%d,"max":%d,"answers":%d,"us":%d,"unexpected":%d,"socket":%d,"timeout":%d,"sample":"%s"}\n',
    latency:percentile(50), latency:percentile(95), latency:percentile(99), latency.max, summary.requests, summary.duration,
    unexpected, errors.connect + errors.read + errors.write, errors.timeout, escaped))
end
