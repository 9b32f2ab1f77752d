import { IDS_PER_CHANGE, IDS_PER_MS } from '../../change-ids.js';
import { STALL_MS, SWEEP_EVERY_MS } from '../../lost-time.js';
import { KEY_NAMES } from '../registry-keys.js';

/** Changes kept for gateways that were disconnected and for readers of events. */
export const CHANGES_KEPT = 10_000;

/**
 * The beginning of every script: keys, the server's time, and compensation of lost time. Numbers are
 * formatted without exponent, since change ids have more digits than Lua prints by default.
 */
export const PRELUDE = `
local ${KEY_NAMES.join(', ')} = unpack(KEYS)
local me = ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local call = redis.call

local function text(number) return string.format('%.0f', number) end

local function set_epoch() call('HSET', clock, 'epoch', me .. '@' .. text(now)) end

-- A registry without its clock is none: it was flushed, or parts of it were evicted.
if call('HEXISTS', clock, 'epoch') == 0 then
  call('DEL', unpack(KEYS))
  call('HSET', clock, 'swept', text(now), 'lost', '0', 'change', '0')
  set_epoch()
end

local function move_all(key, ms)
  for _, member in ipairs(call('ZRANGE', key, 0, -1)) do call('ZINCRBY', key, text(ms), member) end
end

local function is_stall(ms) return math.abs(ms) > ${STALL_MS} end

-- Nobody swept: all gateways or the store stood still, or the server's clock was set.
local lost = now - call('HGET', clock, 'swept') - ${SWEEP_EVERY_MS}
if is_stall(lost) then
  move_all(leases, lost)
  move_all(gateways, lost)
  call('HINCRBY', clock, 'lost', text(lost))
  call('HSET', clock, 'swept', text(now))
end

-- This gateway was not heard of, and heard no heartbeat: leases that it renews begin anew.
local heard = call('ZSCORE', gateways, me)
if heard and is_stall(now - heard) then
  for _, id in ipairs(call('HKEYS', instances)) do
    if call('HGET', vias, id) == me then
      local ttl_seconds = cjson.decode(call('HGET', instances, id)).ttlSeconds
      call('ZADD', leases, text(now + ttl_seconds * 1000), id)
    end
  end
end
call('ZADD', gateways, text(now), me)

local function start_lease(id, ttl_seconds)
  call('ZADD', leases, text(now + ttl_seconds * 1000), id)
  call('HSET', vias, id, me)
  call('HSET', beats, id, text(now))
end

local function row(id)
  return {
    call('HGET', instances, id), call('ZSCORE', leases, id), call('HGET', beats, id),
    call('HGET', reports, id), call('HGET', probes, id), call('HGET', revisions, id)
  }
end

local function record(kind, reason, id, before, after)
  local last = call('HGET', clock, 'change')
  local change = text(math.max(now * ${IDS_PER_MS}, tonumber(last) + ${IDS_PER_CHANGE}))
  call('HSET', clock, 'change', change)
  call('XADD', changes, 'MAXLEN', '~', ${CHANGES_KEPT}, change .. '-0', 'since', last, 'at', text(now),
    'type', kind, 'reason', reason, 'before', before or '', 'after', after or '')
  if after then
    call('HSET', instances, id, after)
    call('HSET', revisions, id, change)
  end
  return change
end

-- A service stays known by its name after it lost an instance.
local function see(name, at)
  local is_news = tonumber(call('ZSCORE', names, name) or 0) < at
  if is_news then call('ZADD', names, text(at), name) end
  return is_news
end

local function is_expired(instance) return instance.health.expiredAt ~= nil end

local function forget(id)
  for _, key in ipairs({ instances, revisions, beats, reports, probes, vias }) do call('HDEL', key, id) end
  for _, key in ipairs({ order, leases }) do call('ZREM', key, id) end
end
`;
