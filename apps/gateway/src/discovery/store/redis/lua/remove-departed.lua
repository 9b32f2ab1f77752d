-- Removes the instances that are not among `args.ids`, those of the gateway's copy, unless they changed after
-- `args.change`, the newest change that the gateway has seen. Returns the epoch.
local is_changed = false
local is_present = {}
for _, id in ipairs(args.ids) do is_present[id] = true end
for _, id in ipairs(call('HKEYS', keys.instances)) do
  if not is_present[id] and tonumber(call('HGET', keys.revisions, id)) <= args.change then
    delete_instance(id)
    is_changed = true
  end
end
if is_changed then record_restoration() end
return call('HGET', keys.state, 'epoch')
