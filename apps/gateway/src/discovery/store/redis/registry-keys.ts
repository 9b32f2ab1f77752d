const NAMES = [
  // id -> JSON of what was registered and how it stands
  'instances',
  // id -> the change that made it what it is
  'revisions',
  // id, scored by its first registration
  'order',
  // id, scored by the end of its lease
  'leases',
  // id -> when it last beat, and what it said then
  'beats',
  'reports',
  // id -> the last health check
  'probes',
  // id -> the gateway that heard its last heartbeat
  'vias',
  // gateway, scored by when it was last heard of
  'gateways',
  // the registry's own facts: epoch, swept, lost, change
  'clock',
  // the last changes, in their order
  'changes',
  // name of a service that lost an instance, scored by when it last did
  'names',
] as const;

/** The keys of a registry. The hash tag keeps all of them in one slot of a cluster, as scripts demand. */
export const registryKeys = (prefix: string): readonly string[] => NAMES.map((name) => `{${prefix}}:${name}`);

/** The stream among them. */
export const changesKey = (prefix: string): string => `{${prefix}}:changes`;

/** The names as Lua reads them out of KEYS. */
export const KEY_NAMES: readonly string[] = NAMES;
