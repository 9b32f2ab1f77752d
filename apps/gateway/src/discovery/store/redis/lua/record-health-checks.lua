-- Stores `args.results` (id, result as JSON) of instances whose lease runs.
for _, check in ipairs(args.results) do
  if call('ZSCORE', keys.leases, check.id) then call('HSET', keys.health_checks, check.id, check.result) end
end
