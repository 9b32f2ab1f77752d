import { NAMES_KEPT } from '../../known-names.js';
import { STALL_MS } from '../../lost-time.js';

/** Limit per sweep, so that the server is not blocked; the next sweep continues. */
const EXPIRED_AT_ONCE = 1000;

/** A gateway that has been silent for longer counts as gone; leases are no longer held for it. */
export const GATEWAY_FORGOTTEN_AFTER_MS = 60_000;

/**
 * Expires instances whose lease has run out, and drops names whose retention has ended. `retention of names,
 * milliseconds` -> `epoch, newest change, time lost so far, gateways, JSON of each expired instance, time`.
 * Heartbeats of an instance whose gateway is silent may be lost: its lease is held until that gateway is back
 * or counts as gone.
 */
export const SWEEP = `
call('HSET', clock, 'swept', text(now))
call('ZREMRANGEBYSCORE', gateways, '-inf', text(now - ${GATEWAY_FORGOTTEN_AFTER_MS}))
local expired = {}
for _, id in ipairs(call('ZRANGEBYSCORE', leases, '-inf', text(now), 'LIMIT', 0, ${EXPIRED_AT_ONCE})) do
  local heard = call('ZSCORE', gateways, call('HGET', vias, id) or '')
  if heard and is_stall(now - heard) then
    call('ZADD', leases, text(now + ${STALL_MS}), id)
  else
    local before = call('HGET', instances, id)
    local instance = cjson.decode(before)
    local expired_at = tonumber(call('ZSCORE', leases, id))
    local reason = 'lease expired: no heartbeat for ' .. instance.ttlSeconds .. ' s'
    instance.isDraining = false
    instance.health = { status = 'down', reason = reason, expiredAt = expired_at }
    local after = cjson.encode(instance)
    call('ZREM', leases, id)
    call('HDEL', vias, id)
    see(instance.name, expired_at)
    record('expired', reason, id, before, after)
    expired[#expired + 1] = after
  end
end
call('ZREMRANGEBYSCORE', names, '-inf', text(now - ARGV[2]))
call('ZREMRANGEBYRANK', names, 0, -${NAMES_KEPT + 1})
return {
  call('HGET', clock, 'epoch'), call('HGET', clock, 'change'), call('HGET', clock, 'lost'),
  call('ZRANGEBYSCORE', gateways, text(now - ${STALL_MS}), '+inf'), expired, text(now)
}
`;

/**
 * Removes this gateway from the active ones. Its instances send their heartbeats to another gateway from now
 * on; leases are no longer held for this one.
 */
export const LEAVE = `
call('ZREM', gateways, me)
`;
