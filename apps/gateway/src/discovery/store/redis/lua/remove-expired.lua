-- Removes the expired ones of `args.ids`. Returns the newest change and the ids of the removed instances.
local removed = {}
for _, id in ipairs(args.ids) do
  local before = call('HGET', keys.instances, id)
  if before and is_expired(cjson.decode(before)) then
    delete_instance(id)
    record_change('removed', args.reason, id, before)
    removed[#removed + 1] = id
  end
end
return { call('HGET', keys.state, 'change'), removed }
