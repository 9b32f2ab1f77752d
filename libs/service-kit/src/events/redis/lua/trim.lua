-- Deletes events that are old and that every group has acknowledged, except groups without a process. KEYS: the stream. ARGV:
-- the first sequence that is not old, and for how many milliseconds no process has read a group that holds no events.
-- Returns the number of deleted events.
local stream = KEYS[1]
if redis.call('EXISTS', stream) == 0 then return 0 end
local first = tonumber(ARGV[1])
for _, reply in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  local group = members_of(reply)
  if idle_ms(stream, group.name) < tonumber(ARGV[2]) then
    local oldest = redis.call('XPENDING', stream, group.name)[2] or group['last-delivered-id']
    first = math.min(first, tonumber(sequence_of(oldest)))
  end
end
return redis.call('XTRIM', stream, 'MINID', string.format('%.0f', first))
