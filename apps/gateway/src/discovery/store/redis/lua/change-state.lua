-- Applies the members of `args.state` to an instance. `args.endpoint`, if given, is the endpoint that the instance must
-- have. Returns the change, '0' if nothing changed, and the row; nothing for an unknown or expired instance. With
-- `args.isEvent` the change is recorded even if nothing changed.
local id = args.id
local before = call('HGET', keys.instances, id)
if not before then return {} end
local instance, state = cjson.decode(before), args.state
if is_expired(instance) then return {} end
if args.endpoint and args.endpoint ~= instance.endpoint then return { '0', read_row(id) } end
local is_same = true
if state.isDraining ~= nil and state.isDraining ~= instance.isDraining then
  instance.isDraining, is_same = state.isDraining, false
end
if state.weight ~= nil and state.weight ~= instance.weight then
  instance.weight, is_same = state.weight, false
end
local health = state.health
-- Only a heartbeat ends what a heartbeat reported.
local is_reported_down = instance.health.isReported and instance.health.status == 'down'
if health and is_reported_down and not health.isReported then health = nil end
if health and (health.status ~= instance.health.status or health.reason ~= instance.health.reason) then
  instance.health, is_same = health, false
end
if is_same and not args.isEvent then return { '0', read_row(id) } end
local change = record_change(args.type, args.reason, id, before, cjson.encode(instance))
return { change, read_row(id) }
