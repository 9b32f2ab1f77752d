-- Expires instances whose lease has run out, and drops names that were last seen more than `args.retentionMs` ago.
-- Returns the epoch, the newest change, the time lost so far, the active gateways, the JSON of each expired instance,
-- and the time. Heartbeats of an instance whose gateway is silent may be lost: its lease is extended until that gateway
-- is active again or counts as gone.
call('HSET', keys.state, 'swept', text(now))
call('ZREMRANGEBYSCORE', keys.gateways, '-inf', text(now - constants.gateway_forgotten_after_ms))
local expired = {}
local ended = call('ZRANGEBYSCORE', keys.leases, '-inf', text(now), 'LIMIT', 0, constants.expired_at_once)
for _, id in ipairs(ended) do
  local active_at = call('ZSCORE', keys.gateways, call('HGET', keys.receivers, id) or '')
  if active_at and is_stall(now - active_at) then
    call('ZADD', keys.leases, text(now + constants.stall_ms), id)
  else
    local before = call('HGET', keys.instances, id)
    local instance = cjson.decode(before)
    local expired_at = tonumber(call('ZSCORE', keys.leases, id))
    local reason = 'lease expired: no heartbeat for ' .. instance.ttlSeconds .. ' s'
    instance.isDraining = false
    instance.health = { status = 'down', reason = reason, expiredAt = expired_at }
    local after = cjson.encode(instance)
    call('ZREM', keys.leases, id)
    call('HDEL', keys.receivers, id)
    record_name(instance.name, expired_at)
    record_change('expired', reason, id, before, after)
    expired[#expired + 1] = after
  end
end
call('ZREMRANGEBYSCORE', keys.names, '-inf', text(now - args.retentionMs))
call('ZREMRANGEBYRANK', keys.names, 0, -(constants.names_kept + 1))
return {
  call('HGET', keys.state, 'epoch'), call('HGET', keys.state, 'change'), call('HGET', keys.state, 'lost'),
  call('ZRANGEBYSCORE', keys.gateways, text(now - constants.stall_ms), '+inf'), expired, text(now)
}
