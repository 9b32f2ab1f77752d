-- Records that a process handles events of these types for a group. KEYS: the handlers of the group. ARGV: the process, how
-- long the record is kept in milliseconds, the number of types, the types, and types that the group handled before Redis
-- lost the record, each with the age of its last announcement in milliseconds. Returns all types that the group handles, each
-- with that age. A Redis without memory keeps the earlier record.
local handlers, now, last = KEYS[1], now_ms(), 3 + ARGV[3]
for i = 4, last do redis.pcall('HSET', handlers, ARGV[i], now .. ' ' .. ARGV[1]) end
for i = last + 1, #ARGV, 2 do
  redis.pcall('HSETNX', handlers, ARGV[i], string.format('%.0f', now - ARGV[i + 1]) .. ' unknown')
end
redis.call('PEXPIRE', handlers, ARGV[2])
local known = redis.call('HGETALL', handlers)
for i = 2, #known, 2 do known[i] = now - string.match(known[i], '^%d+') end
return known
