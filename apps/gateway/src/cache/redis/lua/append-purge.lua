-- Appends a purge to the stream. KEYS: state and stream. ARGV: the gateway, the selector as JSON, and how many purges
-- are kept. Each entry names the position before it, so that readers notice a gap. Returns the position; nothing if the
-- store has lost its data.
local state, purges = KEYS[1], KEYS[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local newest = redis.call('HGET', state, 'newest')
if not newest then return nil end
local position = string.format('%.0f', math.max(now, newest + 1))
redis.call('HSET', state, 'newest', position)
redis.call('XADD', purges, 'MAXLEN', '~', ARGV[3], position .. '-0', 'since', newest, 'gateway', ARGV[1], 'selector',
  ARGV[2])
return position
