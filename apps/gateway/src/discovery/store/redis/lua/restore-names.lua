-- Restores `args.names` (name, seenAt). Returns the epoch.
local is_changed = false
for _, known in ipairs(args.names) do is_changed = record_name(known.name, known.seenAt) or is_changed end
if is_changed then record_restoration() end
return call('HGET', keys.state, 'epoch')
