-- Removes an instance. Returns the change and the JSON of the instance; nothing if the id is unknown.
local before = call('HGET', keys.instances, args.id)
if not before then return {} end
local instance = cjson.decode(before)
if not is_expired(instance) then record_name(instance.name, now) end
delete_instance(args.id)
return { record_change('unregistered', args.reason, args.id, before), before }
