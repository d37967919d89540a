-- What wrk does for tools/bench-hooks.mjs: sends reports of Vapi, each of a call of its own, counts every answer that is not 200, and
-- prints its figures as JSON.
--
--   wrk … --script tools/bench-hooks.lua URL -- PREFIX
--
-- PREFIX begins the ids of the calls: those of another run would be known.

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(args)
  prefix = args[1]
  sent, answered, unexpected = 0, 0, 0
end

local report = [[{"message":{"timestamp":1793758560000,"type":"end-of-call-report","endedReason":"customer-ended-call",]]
  .. [["startedAt":"2026-11-04T02:15:11.480Z","endedAt":"2026-11-04T02:15:58.910Z","cost":0.0394,"artifact":{"messages":[]]
  .. [[{"role":"bot","message":"Dạ em chào chị, em gọi từ trung tâm chăm sóc khách hàng.","secondsFromStart":1.28},]]
  .. [[{"role":"user","message":"Ừ, em nói đi.","secondsFromStart":3.5}]},"call":{"id":"%s","orgId":"o",]]
  .. [["createdAt":"2026-11-04T02:15:02.120Z","campaignId":"bench","customer":{"number":"+8490%07d"}},]]
  .. [["assistant":{"id":"asst-1","name":"Lan"}}}]]
local headers = { ["Content-Type"] = "application/json" }

function request()
  sent = sent + 1
  local id = prefix .. "-" .. number .. "-" .. sent
  return wrk.format("POST", nil, headers, report:format(id, (number * 1000003 + sent) % 10000000))
end

function response(status)
  answered = answered + 1
  if status ~= 200 then unexpected = unexpected + 1 end
end

function done(summary, latency)
  local sum = { answered = 0, unexpected = 0 }
  for _, thread in ipairs(threads) do
    for name in pairs(sum) do sum[name] = sum[name] + thread:get(name) end
  end
  local e = summary.errors
  io.write(string.format(
    '{"answered":%d,"unexpected":%d,"broken":%d,"seconds":%.3f,"p50":%.1f,"p95":%.1f,"p99":%.1f}\n',
    sum.answered, sum.unexpected, e.connect + e.read + e.write + e.timeout, summary.duration / 1e6,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
