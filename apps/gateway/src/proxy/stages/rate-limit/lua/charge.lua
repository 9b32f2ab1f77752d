-- Adds the charges of a gateway to the debts of rate limits. Three lists of equal length describe the charges:
-- `args.costs`, `args.least` (the least debt without these costs) and `args.drainPerMs`. A value is "debt:time". Tells
-- the other gateways the debts by a message on `args.channel`. Returns the number of gateways that charged lately, and
-- the debts.
-- The clock of this server alone counts. If it is set back, nothing drains; if it is set forward, or if data are lost,
-- the debts that gateways are certain of remain.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Without exponent: amounts have more digits than Lua prints by default.
local function text(number) return string.format('%.0f', number) end

local buckets, gateways = KEYS, table.remove(KEYS)
local values = redis.call('MGET', unpack(buckets))
local replies = {}
for n, key in ipairs(buckets) do
  local debt, at = string.match(values[n] or '0:' .. text(now), '^(%d+):(%d+)$')
  local drained = debt - math.max(0, now - at) * args.drainPerMs[n]
  debt = math.max(0, math.max(drained, args.least[n]) + args.costs[n])
  local ms_until_drained = math.ceil(debt / args.drainPerMs[n])
  redis.call('SET', key, text(debt) .. ':' .. text(now), 'PX', text(ms_until_drained + constants.kept_ms))
  replies[n] = text(debt)
end

redis.call('ZREMRANGEBYSCORE', gateways, '-inf', text(now - constants.gateway_forgotten_after_ms))
redis.call('ZADD', gateways, text(now), args.gateway)
redis.call('PEXPIRE', gateways, constants.gateway_forgotten_after_ms)
redis.call('PUBLISH', args.channel, cjson.encode({ gateway = args.gateway, keys = args.keys, debts = replies }))
return { redis.call('ZCARD', gateways), replies }
