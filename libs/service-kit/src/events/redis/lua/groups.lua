-- Returns, for each group of a stream, its name, the sequence up to which it has acknowledged everything, the sequence of the
-- first event after it ('' for none), and for how many milliseconds no process has read. KEYS: the stream.
local stream, groups = KEYS[1], {}
if redis.call('EXISTS', stream) == 0 then return groups end
for _, reply in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  local group = members_of(reply)
  local delivered = group['last-delivered-id']
  local oldest = redis.call('XPENDING', stream, group.name)[2]
  local handled = oldest and tonumber(sequence_of(oldest)) - 1 or tonumber(sequence_of(delivered))
  local following = redis.call('XRANGE', stream, '(' .. delivered, '+', 'COUNT', 1)[1]
  local waiting = oldest or following and following[1]
  groups[#groups + 1] = group.name
  groups[#groups + 1] = string.format('%.0f', handled)
  groups[#groups + 1] = waiting and sequence_of(waiting) or ''
  groups[#groups + 1] = string.format('%.0f', idle_ms(stream, group.name))
end
return groups
