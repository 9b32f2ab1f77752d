-- Adds the charges of a gateway to the debts of rate limits. Lists of equal length describe the charges: `args.costs`,
-- `args.ages` (milliseconds since the first request of each), `args.least` (the debt without these costs that is
-- certain) and `args.drainPerMs`. They are as of `args.sentAt`. A value is "debt:time". Tells the other gateways the
-- costs and debts by a message on `args.channel`. Returns the number of gateways that charged lately, the time, and the
-- debts.
-- Charges arrive late, and in another order than they were made. A debt is therefore negative for as long as other
-- gateways may report earlier requests: `args.delayMs`, or, if the bucket is new, since the first request.
-- The clock of this server alone counts. If it is set back, nothing drains; if it is set forward, or if data are lost,
-- the debts that gateways are certain of remain.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local transit_ms = now - args.sentAt
-- The clock was set since the gateway learned it.
if transit_ms < 0 or transit_ms > constants.longest_transit_ms then transit_ms = 0 end

-- Without exponent: amounts have more digits than Lua prints by default.
local function text(number) return string.format('%.0f', number) end

local buckets, gateways = KEYS, table.remove(KEYS)
local values = redis.call('MGET', unpack(buckets))
local replies = {}
for n, key in ipairs(buckets) do
  local drain, delay_ms = args.drainPerMs[n], args.ages[n] + transit_ms
  local debt = args.least[n] - transit_ms * drain
  if values[n] then
    local known, at = string.match(values[n], '^(-?%d+):(%d+)$')
    debt = math.max(debt, known - math.max(0, now - at) * drain)
    delay_ms = math.max(delay_ms, args.delayMs)
  end
  debt = math.max(debt, -delay_ms * drain) + args.costs[n]
  local ms_until_drained = math.max(0, math.ceil(debt / drain))
  redis.call('SET', key, text(debt) .. ':' .. text(now), 'PX', text(ms_until_drained + constants.kept_ms))
  replies[n] = text(debt)
end

redis.call('ZREMRANGEBYSCORE', gateways, '-inf', text(now - constants.gateway_forgotten_after_ms))
redis.call('ZADD', gateways, text(now), args.gateway)
redis.call('PEXPIRE', gateways, constants.gateway_forgotten_after_ms)
redis.call('PUBLISH', args.channel, cjson.encode({
  gateway = args.gateway, keys = args.keys, costs = args.costs, debts = replies, at = text(now)
}))
return { redis.call('ZCARD', gateways), text(now), replies }
