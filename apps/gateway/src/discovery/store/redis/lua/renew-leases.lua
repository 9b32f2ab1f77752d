-- Renews the leases of `args.instances` (id, ttlSeconds) that have one.
for _, instance in ipairs(args.instances) do
  if call('ZSCORE', keys.leases, instance.id) then
    set_lease(instance.id, instance.ttlSeconds)
    call('HSET', keys.receivers, instance.id, gateway)
  end
end
