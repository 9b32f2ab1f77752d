import type { InstanceView, RegistryAt } from '#contracts';
import { call, waitFor, recordedPart } from '#testing';
import type { Fleet } from '../../support/fleet/fleet.js';
import type { Member } from '../../support/fleet/member.js';

interface Captured {
  readonly gateway: Member;
  readonly at: string;
  readonly instances: RegistryAt['instances'];
}

/** Compares what gateways have recorded of their registry with what they showed during a drill. */
export class RegistryRecord {
  private readonly captured: Captured[] = [];

  constructor(private readonly fleet: () => Fleet) {}

  /** Remembers the registry as gateways show it now. @param gateways those that respond; by default all */
  async capture(gateways = this.fleet().gateways): Promise<void> {
    for (const gateway of gateways)
      this.captured.push((await waitFor('no change', () => shownAt(gateway))) as Captured);
  }

  /** Checks that every gateway shows the present and each remembered time as it was; returns the number of times. */
  async check(): Promise<number> {
    await this.capture();
    for (const { gateway, at, instances } of this.captured)
      expect((await registryAt(gateway, `?t=${at}`)).instances).toEqual(instances);
    return this.captured.splice(0).length;
  }
}

/** What a gateway shows of its registry, if both endpoints show the same; `false` if something changed meanwhile. */
async function shownAt(gateway: Member): Promise<Captured | false> {
  const before = await instancesAt(gateway);
  const { at, instances } = await registryAt(gateway);
  // A change in the same millisecond would belong to the recorded time.
  await waitFor('the next millisecond', () => Date.now() > Date.parse(at));
  const after = await instancesAt(gateway);
  return isEqual(before, instances) && isEqual(after, instances) && { gateway, at, instances };
}

const isEqual = (one: object, other: object): boolean => JSON.stringify(one) === JSON.stringify(other);

const registryAt = async ({ url }: Member, query = ''): Promise<RegistryAt> =>
  (await call(url, `GET /discovery/at${query}`)).body as RegistryAt;

/** `GET /discovery/services` without what is not recorded, in the order of the record. */
async function instancesAt({ url }: Member): Promise<RegistryAt['instances']> {
  const views = (await call(url, 'GET /discovery/services')).body as InstanceView[];
  return views.sort((one, other) => (one.id < other.id ? -1 : 1)).map(recordedPart);
}
