-- Renews a lease; a duration of 0 ends it. KEYS: the lease. ARGV: holder, and duration in milliseconds. Returns 0 if
-- another holder has the lease.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
