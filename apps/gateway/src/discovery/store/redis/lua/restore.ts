import { IDS_PER_MS } from '../../change-ids.js';

/**
 * Gives back what the store lost: it came back empty, or with older data. `newest change that the gateway has seen, then
 * of each instance id, JSON, revision`. Newer revisions win, whoever has them, so that any number of gateways may do this in
 * any order, any number of times. What the gateway saw leave stays away. Readers are told to read everything afresh.
 */
export const RESTORE = `
local seen = tonumber(ARGV[2])
local is_changed = false
local mine = {}
for i = 3, #ARGV, 3 do
  local id, instance, revision = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  mine[id] = true
  local known = call('HGET', revisions, id)
  if not known or tonumber(known) < tonumber(revision) then
    call('HSET', instances, id, instance)
    call('HSET', revisions, id, revision)
    call('ZADD', order, 'NX', text(cjson.decode(instance).registeredAt * ${IDS_PER_MS}), id)
    start_lease(id, cjson.decode(instance).ttlSeconds)
    is_changed = true
  end
end
for _, id in ipairs(call('HKEYS', instances)) do
  if not mine[id] and tonumber(call('HGET', revisions, id)) <= seen then
    forget(id)
    is_changed = true
  end
end
-- Ids of changes must not be given twice, and gateways that have seen more than this data must notice.
if tonumber(call('HGET', clock, 'change')) < seen then
  call('HSET', clock, 'change', text(seen))
  set_epoch()
  is_changed = true
end
if is_changed then record('restored', 'the registry had lost data', '') end
`;
