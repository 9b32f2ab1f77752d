-- The sequence in the id of an entry, `<sequence>-0`.
local function sequence_of(id) return string.match(id, '^%d+') end

-- The time of this server in milliseconds, without decimals.
local function now_ms()
  local time = redis.call('TIME')
  return string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
end

-- A reply of XINFO, a list of names and values, as a table.
local function members_of(reply)
  local members = {}
  for i = 1, #reply, 2 do members[reply[i]] = reply[i + 1] end
  return members
end

-- For how many milliseconds no process has read events of a group; before Redis 7.2 also reads without events count as none.
-- 0 for a group that none has read yet.
local function idle_ms(stream, group)
  local idle
  for _, reply in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
    local consumer = members_of(reply)
    idle = math.min(idle or consumer.idle, consumer.idle)
  end
  return idle or 0
end

-- The sequence of the last entry that a stream ever had, '0' for none: trimming does not change it.
local function last_sequence(stream)
  if redis.call('EXISTS', stream) == 0 then return '0' end
  return sequence_of(members_of(redis.call('XINFO', 'STREAM', stream))['last-generated-id'])
end

-- The value of a lease that was handed over to a process, until it reads.
local function handed_to(process) return 'handed to ' .. process end
