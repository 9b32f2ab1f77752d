-- Requests objects by Zipf's law: the i-th most popular one has a share of 1 / i ^ exponent. Prints the results of wrk as one
-- line of JSON. Arguments: number of objects, exponent.
local path, count
local cumulative = {}

function init(args)
  path, count = wrk.path, tonumber(args[1])
  local exponent, sum = tonumber(args[2]), 0
  for i = 1, count do
    sum = sum + 1 / i ^ exponent
    cumulative[i] = sum
  end
  math.randomseed(os.time())
end

-- The first object whose cumulative share is not below a random one.
local function draw()
  local share = math.random() * cumulative[count]
  local low, high = 1, count
  while low < high do
    local middle = math.floor((low + high) / 2)
    if cumulative[middle] < share then low = middle + 1 else high = middle end
  end
  return low
end

function request()
  return wrk.format(nil, path .. draw())
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"p50Ms":%.4f,"p99Ms":%.4f,"failures":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
