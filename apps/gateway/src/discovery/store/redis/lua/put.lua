-- Registers `args.instance` (JSON). Returns the change, the JSON of the replaced instance, and the row of the new one.
local instance = cjson.decode(args.instance)
instance.registeredAt = now
local id = instance.id
local before = call('HGET', keys.instances, id)
local replaced = before and cjson.decode(before)
if replaced and replaced.name ~= instance.name and not is_expired(replaced) then record_name(replaced.name, now) end
local change = record_change(before and 'renewed' or 'registered', args.reason, id, before, cjson.encode(instance))
call('ZADD', keys.order, 'NX', change, id)
call('HDEL', keys.reports, id)
call('HDEL', keys.health_checks, id)
start_lease(id, instance.ttlSeconds)
return { change, before, read_row(id) }
