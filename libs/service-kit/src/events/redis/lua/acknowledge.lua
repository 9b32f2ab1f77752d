-- Acknowledges events of one stream, and renews the lease. KEYS: the lease, and the stream. ARGV: group, holder, duration
-- of the lease in milliseconds, and the ids. Returns 0 if another holder has the lease.
local lease, stream = KEYS[1], KEYS[2]
if redis.call('GET', lease) ~= ARGV[2] then return 0 end
redis.call('PEXPIRE', lease, ARGV[3])
redis.call('XACK', stream, ARGV[1], unpack(ARGV, 4))
return 1
