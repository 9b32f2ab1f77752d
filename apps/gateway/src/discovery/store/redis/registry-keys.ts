/** The keys of a registry, under the names that scripts use. */
const NAMES = [
  // id -> JSON of the registration and its state
  'instances',
  // id -> the change that last modified it
  'revisions',
  // id, scored by its first registration
  'order',
  // id, scored by the end of its lease
  'leases',
  // id -> time of the last heartbeat, and its report
  'heartbeats',
  'reports',
  // id -> result of the last health check
  'health_checks',
  // id -> the gateway that received its last heartbeat
  'receivers',
  // gateway, scored by the time of its last command
  'gateways',
  // state of the registry as a whole: epoch, swept, lost, change
  'state',
  // stream of the latest changes
  'changes',
  // name of a service that lost an instance, scored by the time of the last loss
  'names',
] as const;

// The hash tag keeps all keys in one cluster slot, which scripts require.
const keyOf = (prefix: string, name: (typeof NAMES)[number]): string => `{${prefix}}:${name}`;

/** All keys, in the order in which scripts receive them. */
export const registryKeys = (prefix: string): readonly string[] => NAMES.map((name) => keyOf(prefix, name));

/** The key of the stream of changes. */
export const changesKey = (prefix: string): string => keyOf(prefix, 'changes');

/** The names of the keys, in the order of {@link registryKeys}. */
export const KEY_NAMES: readonly string[] = NAMES;
