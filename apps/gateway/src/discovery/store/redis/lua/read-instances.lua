-- Returns the rows of those of `args.ids` that are registered.
local rows = {}
for _, id in ipairs(args.ids) do
  if call('HEXISTS', keys.instances, id) == 1 then rows[#rows + 1] = read_row(id) end
end
return rows
