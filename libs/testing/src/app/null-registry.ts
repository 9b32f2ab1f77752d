import type { InstanceView } from '#contracts';
import type { Registry } from '#registry-client';

/** A registry for an app that is tested alone: accepts every instance and returns no neighbours. */
export const nullRegistry: Registry = {
  register: ({ name, url }) => Promise.resolve({ name, url } as InstanceView),
  heartbeat: () => Promise.resolve({} as InstanceView),
  unregister: () => Promise.resolve(),
  instances: () => Promise.resolve([]),
  purgeResponses: () => Promise.resolve(),
};
