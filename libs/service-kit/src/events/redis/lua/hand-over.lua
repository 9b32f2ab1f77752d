-- Hands the lease of a group over to a process that handles events of a type, and wakes it. KEYS: the lease, the handlers of
-- the group, and the start of the keys of lists that wake a process. ARGV: holder, duration of the lease in milliseconds, the
-- type, and how long a record is kept in milliseconds. Returns 'handed'; 'absent' if the process that handled the type was
-- seen within that time, but not within the duration of a lease; 'gone' if it was not; or 'lost' if another holder has the
-- lease.
local lease, handlers, type = KEYS[1], KEYS[2], ARGV[3]
if redis.call('GET', lease) ~= ARGV[1] then return 'lost' end
local record = redis.call('HGET', handlers, type)
-- Redis has lost the record since the holder read it: the process has time to announce itself again.
if not record then return 'absent' end
local seen, process = string.match(record, '^(%d+) (.+)$')
local now, duration, kept = now_ms(), tonumber(ARGV[2]), tonumber(ARGV[4])
local age = now - seen
if age > kept and process == 'none' then
  redis.call('HDEL', handlers, type)
  return 'gone'
end
if age > kept then
  -- A Redis without memory has refused announcements. It also refuses this write; one that accepts it has memory again, and
  -- a process that runs announces itself within the duration of a lease.
  redis.pcall('HSET', handlers, type, string.format('%.0f', now - kept + duration) .. ' none')
  return 'absent'
end
if age > duration or process == 'unknown' then return 'absent' end
-- A Redis without memory refuses SET.
local reply = redis.pcall('SET', lease, handed_to(process), 'PX', ARGV[2])
if reply.err then return 'absent' end
local wake = KEYS[3] .. process
redis.pcall('RPUSH', wake, type)
redis.call('PEXPIRE', wake, ARGV[2])
return 'handed'
