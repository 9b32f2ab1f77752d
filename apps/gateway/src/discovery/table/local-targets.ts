import type { LocalTarget } from '#registry-client';
import type { RegistryStore } from '../store/registry-store.js';
import { isExpired } from '../store/stored-instance.js';

/**
 * The request handlers of instances in this process. A function cannot be stored, so they are kept beside the
 * store.
 */
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
   * Sets the handler of an instance for the table that results from `write`; restores the previous one if
   * `write` fails. `undefined`: the instance is reached over its URL.
   */
  async setFor<T>(id: string, target: LocalTarget | undefined, write: () => Promise<T>): Promise<T> {
    const before = this.targets.get(id);
    this.set(id, target);
    try {
      return await write();
    } catch (error) {
      // Another registration under this id may have replaced the target meanwhile.
      if (this.targets.get(id) === target) this.set(id, before);
      throw error;
    }
  }

  private set(id: string, target: LocalTarget | undefined): void {
    if (target) this.targets.set(id, target);
    else this.targets.delete(id);
  }
}
