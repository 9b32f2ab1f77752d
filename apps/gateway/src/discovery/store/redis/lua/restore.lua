-- Restores `args.instances` (id, instance as JSON, revision) in a store that came back empty or with older data.
-- `args.change` is the newest change that the gateway has seen. Returns the epoch. The newer revision wins, whichever
-- gateway sends it, so any number of gateways may run this in any order, any number of times.
local is_changed = false
-- Comes first: no change id may be assigned twice, and gateways that have seen a later change must notice.
if tonumber(call('HGET', keys.state, 'change')) < args.change then
  call('HSET', keys.state, 'change', text(args.change))
  start_epoch()
  is_changed = true
end
for _, saved in ipairs(args.instances) do
  local id = saved.id
  local revision = call('HGET', keys.revisions, id)
  if not revision or tonumber(revision) < saved.revision then
    local instance = cjson.decode(saved.instance)
    call('HSET', keys.instances, id, saved.instance)
    call('HSET', keys.revisions, id, text(saved.revision))
    call('ZADD', keys.order, 'NX', text(instance.registeredAt * constants.ids_per_ms), id)
    if is_expired(instance) then
      call('HSET', keys.heartbeats, id, text(instance.health.expiredAt - instance.ttlSeconds * 1000))
      call('ZREM', keys.leases, id)
      call('HDEL', keys.receivers, id)
    else
      start_lease(id, instance.ttlSeconds)
    end
    is_changed = true
  end
end
if is_changed then record_restoration() end
return call('HGET', keys.state, 'epoch')
