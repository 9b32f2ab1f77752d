-- Returns, for each group of a stream, its name and the sequence up to which it has acknowledged everything. KEYS: the
-- stream.
local stream, progress = KEYS[1], {}
if redis.call('EXISTS', stream) == 0 then return progress end
for _, reply in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  local group = members_of(reply)
  local oldest = redis.call('XPENDING', stream, group.name)[2]
  local handled = oldest and tonumber(sequence_of(oldest)) - 1 or tonumber(sequence_of(group['last-delivered-id']))
  progress[#progress + 1] = group.name
  progress[#progress + 1] = string.format('%.0f', handled)
end
return progress
