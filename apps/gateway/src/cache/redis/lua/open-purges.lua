-- Begins to use a stream of purges. KEYS: state and stream. ARGV: an epoch for a store without one, and the epoch and
-- position that the gateway knows. A store that is behind that position has lost purges and gets a new epoch, too.
-- Returns the epoch and the newest position.
local state, purges = KEYS[1], KEYS[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', state, 'epoch', 'newest')
local epoch, newest = known[1], known[2]
if not epoch or (epoch == ARGV[2] and tonumber(newest) < tonumber(ARGV[3])) then
  epoch, newest = ARGV[1], string.format('%.0f', math.max(now, ARGV[3]))
  redis.call('DEL', purges)
end
-- Written in any case: a server that refuses writes cannot be used.
redis.call('HSET', state, 'epoch', epoch, 'newest', newest)
return { epoch, newest }
