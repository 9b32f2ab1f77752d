import type { LocalTarget } from '#registry-client';
import type { RegistryStore } from './store/registry-store.js';
import { isExpired } from './store/stored-instance.js';

/** Where the instances of this very process take requests. A function cannot be stored, so it is kept beside the store. */
export class LocalTargets {
  private readonly targets = new Map<string, LocalTarget>();

  constructor(store: RegistryStore) {
    store.watch(({ before, after }) => {
      if (before && (!after || isExpired(after))) this.targets.delete(before.id);
    });
  }

  get(id: string): LocalTarget | undefined {
    return this.targets.get(id);
  }

  /**
   * Sets where an instance takes requests, for the table that `write` brings about; a write that fails leaves things as they
   * were. `undefined`: the instance is reached over its URL.
   */
  async setFor<T>(id: string, target: LocalTarget | undefined, write: () => Promise<T>): Promise<T> {
    const before = this.targets.get(id);
    this.set(id, target);
    try {
      return await write();
    } catch (error) {
      // Somebody else may have registered under this id meanwhile.
      if (this.targets.get(id) === target) this.set(id, before);
      throw error;
    }
  }

  private set(id: string, target: LocalTarget | undefined): void {
    if (target) this.targets.set(id, target);
    else this.targets.delete(id);
  }
}
