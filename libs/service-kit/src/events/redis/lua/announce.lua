-- Records that a process handles events of these types for a group. KEYS: the handlers of the group. ARGV: the process, how
-- long the record is kept in milliseconds, the number of types, the types, and types that other processes handled before
-- Redis lost the record. A Redis without memory keeps the earlier record.
local handlers, now, last = KEYS[1], now_ms(), 3 + ARGV[3]
for i = 4, last do redis.pcall('HSET', handlers, ARGV[i], now .. ' ' .. ARGV[1]) end
for i = last + 1, #ARGV do redis.pcall('HSETNX', handlers, ARGV[i], now .. ' unknown') end
redis.call('PEXPIRE', handlers, ARGV[2])
