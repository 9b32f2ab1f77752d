import type { LocalTarget } from '#registry-client';
import type { RegistryStore } from './store/registry-store.js';

/** Where the instances of this very process take requests. A function cannot be stored, so it is kept beside the store. */
export class LocalTargets {
  private readonly targets = new Map<string, LocalTarget>();

  constructor(store: RegistryStore) {
    store.watch(({ before, after }) => {
      if (before && !after) this.targets.delete(before.id);
    });
  }

  get(id: string): LocalTarget | undefined {
    return this.targets.get(id);
  }

  /** `undefined`: the instance is reached over its URL. */
  set(id: string, target: LocalTarget | undefined): void {
    if (target) this.targets.set(id, target);
    else this.targets.delete(id);
  }
}
