-- Acquires or renews the lease of a group and reads its next events. Only the holder reads, so all holders share one
-- name as a consumer, and the next holder finds the unacknowledged events of the previous one as its own. KEYS: the lease,
-- the handlers of the group, and the streams. ARGV: group, holder, duration of the lease in milliseconds, entries per
-- stream, and for each stream from where to read: '0' for unacknowledged events and then new ones, '>' for new ones.
-- Returns nothing if another holder has the lease; otherwise for each stream from where it has read, the entries and the last
-- sequence, and then the types that any process of the group handles.
local lease, group, holder = KEYS[1], ARGV[1], ARGV[2]
local current = redis.call('GET', lease)
if current and current ~= holder and current ~= handed_to(holder) then return nil end
if current == holder then
  -- A Redis without memory refuses SET, but a holder must go on: what it acknowledges can be trimmed.
  redis.call('PEXPIRE', lease, ARGV[3])
else
  redis.call('SET', lease, holder, 'PX', ARGV[3])
end

local function read(stream, from)
  return redis.pcall('XREADGROUP', 'GROUP', group, 'holder', 'COUNT', ARGV[4], 'STREAMS', stream, from)
end

local streams = {}
for i = 3, #KEYS do
  -- Another holder may have left events, also if this process never noticed that it lost the lease.
  local stream, from = KEYS[i], current == holder and ARGV[i + 2] or '0'
  local reply = read(stream, from)
  if reply and reply.err then
    -- A new group, or one that Redis has lost.
    redis.call('XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM')
    reply = read(stream, from)
  end
  if from == '0' and #reply[1][2] == 0 then
    from = '>'
    reply = read(stream, from)
  end
  streams[i - 2] = { from, reply and reply[1][2] or {}, last_sequence(stream) }
end
return { streams, redis.call('HKEYS', KEYS[2]) }
