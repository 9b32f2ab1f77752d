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
  'beats',
  'reports',
  // id -> result of the last health check
  'probes',
  // id -> the gateway that received its last heartbeat
  'vias',
  // gateway, scored by the time of its last command
  'gateways',
  // metadata of the registry: epoch, swept, lost, change
  'clock',
  // stream of the latest changes
  'changes',
  // name of a service that lost an instance, scored by the time of the last loss
  'names',
] as const;

/** The keys of a registry. The hash tag keeps all of them in one cluster slot, which scripts require. */
export const registryKeys = (prefix: string): readonly string[] => NAMES.map((name) => `{${prefix}}:${name}`);

/** The key of the stream of changes. */
export const changesKey = (prefix: string): string => `{${prefix}}:changes`;

/** The names of the keys, in the order in which Lua reads them from KEYS. */
export const KEY_NAMES: readonly string[] = NAMES;
