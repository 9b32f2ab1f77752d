-- Hands the lease of a group over to a process that handles events of a type. KEYS: the lease, and the handlers of the
-- group. ARGV: holder, duration of the lease in milliseconds, the type, and how long a record is kept in milliseconds.
-- Returns 'handed'; 'absent' if the process that handled the type was seen within that time, but not within the duration of
-- a lease; 'gone' if it was not; or 'lost' if another holder has the lease.
local lease, handlers, type = KEYS[1], KEYS[2], ARGV[3]
if redis.call('GET', lease) ~= ARGV[1] then return 'lost' end
local record = redis.call('HGET', handlers, type)
if not record then return 'gone' end
local seen, process = string.match(record, '^(%d+) (.+)$')
local age = now_ms() - seen
if age > tonumber(ARGV[4]) then
  redis.call('HDEL', handlers, type)
  return 'gone'
end
if age > tonumber(ARGV[2]) then return 'absent' end
-- A Redis without memory refuses SET.
local reply = redis.pcall('SET', lease, handed_to(process), 'PX', ARGV[2])
return reply.err and 'absent' or 'handed'
