-- Renews leases. Four lists of equal length describe the heartbeats: `args.ids`, `args.reports` (JSON), and the
-- revision and the TTL in seconds of the gateway's copy of the instance, `args.revisions` and `args.ttlSeconds`; both
-- are 0 if it has none or if the instance is expired in it. Returns the time, and for each heartbeat
--   the JSON of the last health check, or 1 if there is none, if the copy of the gateway is current;
--   the row of the instance if the copy is not current;
--   nothing for an unknown id or an expired instance.
-- Six commands for any number of heartbeats: most of the cost of a heartbeat was reading and returning unchanged data.
-- Lists, since they are decoded faster than one object for each heartbeat.
local revisions = call('HMGET', keys.revisions, unpack(args.ids))
local health_checks = call('HMGET', keys.health_checks, unpack(args.ids))
local leases, receivers, times, reports, renewals, changed = {}, {}, {}, {}, {}, {}
local function append(list, first, second) list[#list + 1], list[#list + 2] = first, second end
for n, id in ipairs(args.ids) do
  local is_registered = revisions[n]
  local is_current = is_registered and tonumber(revisions[n]) == args.revisions[n]
  local instance = is_registered and not is_current and cjson.decode(call('HGET', keys.instances, id))
  if is_current or (instance and not is_expired(instance)) then
    local ttl_seconds = is_current and args.ttlSeconds[n] or instance.ttlSeconds
    append(leases, text(now + ttl_seconds * 1000), id)
    append(receivers, id, gateway)
    append(times, id, text(now))
    append(reports, id, args.reports[n])
    if not is_current then changed[#changed + 1] = n end
  end
  renewals[n] = is_current and (health_checks[n] or 1)
end
if #leases > 0 then
  call('ZADD', keys.leases, unpack(leases))
  call('HSET', keys.receivers, unpack(receivers))
  call('HSET', keys.heartbeats, unpack(times))
  call('HSET', keys.reports, unpack(reports))
end
for _, n in ipairs(changed) do renewals[n] = read_row(args.ids[n]) end
return { text(now), renewals }
