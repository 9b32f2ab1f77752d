-- Runs before every script: the server's time, the compensation of lost time, and functions that scripts share.
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Without exponent: change ids have more digits than Lua prints by default.
local function text(number) return string.format('%.0f', number) end

local function start_epoch() call('HSET', keys.state, 'epoch', gateway .. '@' .. text(now)) end

-- A registry without its state is incomplete: it was flushed, or some of its keys were evicted.
if call('HEXISTS', keys.state, 'epoch') == 0 then
  call('DEL', unpack(KEYS))
  call('HSET', keys.state, 'swept', text(now), 'lost', '0', 'change', '0')
  start_epoch()
end

local function shift_scores(key, ms)
  for _, member in ipairs(call('ZRANGE', key, 0, -1)) do call('ZINCRBY', key, text(ms), member) end
end

local function is_stall(ms) return math.abs(ms) > constants.stall_ms end

-- No gateway has swept: all gateways or the server were stalled, or the server's clock was set.
local lost_ms = now - call('HGET', keys.state, 'swept') - constants.sweep_every_ms
if is_stall(lost_ms) then
  shift_scores(keys.leases, lost_ms)
  shift_scores(keys.gateways, lost_ms)
  call('HINCRBY', keys.state, 'lost', text(lost_ms))
  call('HSET', keys.state, 'swept', text(now))
end

local function set_lease(id, ttl_seconds) call('ZADD', keys.leases, text(now + ttl_seconds * 1000), id) end

-- This gateway has sent no command for a while and may have missed heartbeats: the leases that it renews start again.
local last_active_at = call('ZSCORE', keys.gateways, gateway)
if last_active_at and is_stall(now - last_active_at) then
  for _, id in ipairs(call('HKEYS', keys.instances)) do
    if call('HGET', keys.receivers, id) == gateway then
      set_lease(id, cjson.decode(call('HGET', keys.instances, id)).ttlSeconds)
    end
  end
end
call('ZADD', keys.gateways, text(now), gateway)

local function start_lease(id, ttl_seconds)
  set_lease(id, ttl_seconds)
  call('HSET', keys.receivers, id, gateway)
  call('HSET', keys.heartbeats, id, text(now))
end

-- The members of `Row` in row.ts.
local function read_row(id)
  return {
    call('HGET', keys.instances, id), call('ZSCORE', keys.leases, id), call('HGET', keys.heartbeats, id),
    call('HGET', keys.reports, id), call('HGET', keys.health_checks, id), call('HGET', keys.revisions, id)
  }
end

-- Appends a change to the stream and returns its id. `before` and `after` are JSON; nil if there is no such instance.
local function record_change(type, reason, id, before, after)
  local previous = call('HGET', keys.state, 'change')
  local change = text(math.max(now * constants.ids_per_ms, tonumber(previous) + constants.ids_per_change))
  call('HSET', keys.state, 'change', change)
  call('XADD', keys.changes, 'MAXLEN', '~', constants.changes_kept, change .. '-0', 'since', previous, 'at', text(now),
    'type', type, 'reason', reason, 'before', before or '', 'after', after or '')
  if after then
    call('HSET', keys.instances, id, after)
    call('HSET', keys.revisions, id, change)
  end
  return change
end

-- Gateways that read this change read everything again.
local function record_restoration() record_change('restored', 'the registry had lost data', '') end

-- A service stays known by its name after it lost an instance. Returns whether the entry of the name changed.
local function record_name(name, seen_at)
  local is_later = tonumber(call('ZSCORE', keys.names, name) or 0) < seen_at
  if is_later then call('ZADD', keys.names, text(seen_at), name) end
  return is_later
end

local function is_expired(instance) return instance.health.expiredAt ~= nil end

local function delete_instance(id)
  for _, name in ipairs({ 'instances', 'revisions', 'heartbeats', 'reports', 'health_checks', 'receivers' }) do
    call('HDEL', keys[name], id)
  end
  for _, name in ipairs({ 'order', 'leases' }) do call('ZREM', keys[name], id) end
end
