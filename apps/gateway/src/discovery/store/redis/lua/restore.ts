import { IDS_PER_MS } from '../../change-ids.js';

/**
 * Restores data that the store lost: it came back empty, or with older data. `newest change that the gateway
 * has seen, then id, JSON and revision of each instance` -> `epoch`. The newer revision wins, whichever
 * gateway sends it, so that any number of gateways may do this in any order, any number of times. Records a
 * change of type `restored`, on which gateways read everything again.
 */
export const RESTORE = `
local seen = tonumber(ARGV[2])
local is_changed = false
-- Before anything is recorded: ids of changes must not be given twice, and gateways that have seen more must notice.
if tonumber(call('HGET', clock, 'change')) < seen then
  call('HSET', clock, 'change', text(seen))
  set_epoch()
  is_changed = true
end
for i = 3, #ARGV, 3 do
  local id, json, revision = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local known = call('HGET', revisions, id)
  if not known or tonumber(known) < tonumber(revision) then
    local instance = cjson.decode(json)
    call('HSET', instances, id, json)
    call('HSET', revisions, id, revision)
    call('ZADD', order, 'NX', text(instance.registeredAt * ${IDS_PER_MS}), id)
    if is_expired(instance) then
      call('HSET', beats, id, text(instance.health.expiredAt - instance.ttlSeconds * 1000))
      call('ZREM', leases, id)
      call('HDEL', vias, id)
    else
      start_lease(id, instance.ttlSeconds)
    end
    is_changed = true
  end
end
if is_changed then record('restored', 'the registry had lost data', '') end
return call('HGET', clock, 'epoch')
`;

/** Restores known names. `each name and when it was last seen` -> `epoch`. */
export const RESTORE_NAMES = `
local is_changed = false
for i = 2, #ARGV, 2 do is_changed = see(ARGV[i], tonumber(ARGV[i + 1])) or is_changed end
if is_changed then record('restored', 'the registry had lost data', '') end
return call('HGET', clock, 'epoch')
`;

/**
 * Removes instances that the gateway has seen leave. `newest change that the gateway has seen, then the ids
 * of all instances in its snapshot` -> `epoch`.
 */
export const FORGET_OTHERS = `
local seen = tonumber(ARGV[2])
local is_changed = false
local mine = {}
for i = 3, #ARGV do mine[ARGV[i]] = true end
for _, id in ipairs(call('HKEYS', instances)) do
  if not mine[id] and tonumber(call('HGET', revisions, id)) <= seen then
    forget(id)
    is_changed = true
  end
end
if is_changed then record('restored', 'the registry had lost data', '') end
return call('HGET', clock, 'epoch')
`;
