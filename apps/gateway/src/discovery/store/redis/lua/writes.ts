/** Puts an instance. `id, JSON, reason` -> `change, JSON before, row`. */
export const PUT = `
local id, reason = ARGV[2], ARGV[4]
local instance = cjson.decode(ARGV[3])
instance.registeredAt = now
local before = call('HGET', instances, id)
local replaced = before and cjson.decode(before)
if replaced and replaced.name ~= instance.name and not is_expired(replaced) then see(replaced.name, now) end
local change = record(before and 'renewed' or 'registered', reason, id, before, cjson.encode(instance))
call('ZADD', order, 'NX', change, id)
call('HDEL', reports, id)
call('HDEL', probes, id)
start_lease(id, instance.ttlSeconds)
return { change, before, row(id) }
`;

/**
 * Changes the state of an instance. `id, JSON of the state, type, reason, required endpoint or an empty
 * string` -> `change or 0, row`; nothing if unknown or expired.
 */
export const MOVE = `
local id = ARGV[2]
local before = call('HGET', instances, id)
if not before then return {} end
local instance, state = cjson.decode(before), cjson.decode(ARGV[3])
if is_expired(instance) then return {} end
if ARGV[6] ~= '' and ARGV[6] ~= instance.endpoint then return { '0', row(id) } end
local is_same = true
if state.isDraining ~= nil and state.isDraining ~= instance.isDraining then
  instance.isDraining, is_same = state.isDraining, false
end
local health = state.health
-- Only a heartbeat ends what a heartbeat reported.
local is_reported_down = instance.health.isReported and instance.health.status == 'down'
if health and is_reported_down and not health.isReported then health = nil end
if health and (health.status ~= instance.health.status or health.reason ~= instance.health.reason) then
  instance.health, is_same = health, false
end
if is_same then return { '0', row(id) } end
local change = record(ARGV[4], ARGV[5], id, before, cjson.encode(instance))
return { change, row(id) }
`;

/**
 * Renews leases. `id, JSON of the report, revision known to the gateway, its TTL in seconds` of each ->
 * `time, for each: 1 or the JSON of its last health check if the revision is current, else its row; nothing
 * for an unknown id or an expired instance`. Six commands for any number of heartbeats: most of the cost of a
 * heartbeat was reading and returning unchanged data. Gateways send no revision for an instance that has
 * expired in their snapshot.
 */
export const BEAT = `
local ids = {}
for i = 2, #ARGV, 4 do ids[#ids + 1] = ARGV[i] end
local found = call('HMGET', revisions, unpack(ids))
local probed = call('HMGET', probes, unpack(ids))
local leased, through, heard, said, answers, news = {}, {}, {}, {}, {}, {}
local function add(list, one, other) list[#list + 1], list[#list + 2] = one, other end
for n, id in ipairs(ids) do
  local at = 4 * n - 2
  local is_known = found[n] == ARGV[at + 2]
  local instance = found[n] and not is_known and cjson.decode(call('HGET', instances, id))
  if instance and is_expired(instance) then found[n] = false end
  if found[n] then
    local ttl_seconds = is_known and ARGV[at + 3] or instance.ttlSeconds
    add(leased, text(now + ttl_seconds * 1000), id)
    add(through, id, me)
    add(heard, id, text(now))
    add(said, id, ARGV[at + 1])
  end
  answers[n] = is_known and (probed[n] or 1)
  if found[n] and not is_known then news[#news + 1] = n end
end
if #leased > 0 then
  call('ZADD', leases, unpack(leased))
  call('HSET', vias, unpack(through))
  call('HSET', beats, unpack(heard))
  call('HSET', reports, unpack(said))
end
for _, n in ipairs(news) do answers[n] = row(ids[n]) end
return { text(now), answers }
`;

/** Renews existing leases. `id, TTL in seconds of each`. */
export const RENEW = `
for i = 2, #ARGV, 2 do
  if call('ZSCORE', leases, ARGV[i]) then
    call('ZADD', leases, text(now + ARGV[i + 1] * 1000), ARGV[i])
    call('HSET', vias, ARGV[i], me)
  end
end
`;

/** Stores results of health checks for instances whose lease runs. `id, JSON of the result` of each. */
export const NOTE_PROBES = `
for i = 2, #ARGV, 2 do
  if call('ZSCORE', leases, ARGV[i]) then call('HSET', probes, ARGV[i], ARGV[i + 1]) end
end
`;

/** Removes an instance. `id, reason` -> `change, JSON before`; nothing if unknown. */
export const REMOVE = `
local id = ARGV[2]
local before = call('HGET', instances, id)
if not before then return {} end
local instance = cjson.decode(before)
if not is_expired(instance) then see(instance.name, now) end
forget(id)
return { record('unregistered', ARGV[3], id, before), before }
`;

/**
 * Removes the expired ones of the given instances. `reason, ids` -> `newest change, ids of the removed ones`.
 */
export const REMOVE_EXPIRED = `
local removed = {}
for i = 3, #ARGV do
  local id = ARGV[i]
  local before = call('HGET', instances, id)
  if before and is_expired(cjson.decode(before)) then
    forget(id)
    record('removed', ARGV[2], id, before)
    removed[#removed + 1] = id
  end
end
return { call('HGET', clock, 'change'), removed }
`;
