import { isDeepStrictEqual } from 'node:util';
import { RegistryStore, type InstanceState, type StoreChange } from './registry-store.js';
import type { InstanceVitals, StoredInstance } from './stored-instance.js';

/** The registry of one gateway alone: in this process, gone with it; services register again by themselves. */
export class MemoryStore extends RegistryStore {
  private readonly instances = new Map<string, StoredInstance>();
  private readonly watchers = new Set<(change: StoreChange) => void>();

  put(instance: StoredInstance, reason: string): Promise<StoredInstance | undefined> {
    const before = this.instances.get(instance.id);
    this.instances.set(instance.id, instance);
    this.tell({ type: before ? 'renewed' : 'registered', reason, before, after: instance });
    return Promise.resolve(before);
  }

  move(
    id: string,
    state: Partial<InstanceState>,
    change: Pick<StoreChange, 'type' | 'reason'>,
  ): Promise<StoredInstance | undefined> {
    const before = this.instances.get(id);
    if (!before) return Promise.resolve(undefined);
    const after = { ...before, ...state };
    if (isDeepStrictEqual(before, after)) return Promise.resolve(before);
    this.instances.set(id, after);
    this.tell({ ...change, before, after });
    return Promise.resolve(after);
  }

  touch(id: string, vitals: Partial<InstanceVitals>): Promise<StoredInstance | undefined> {
    const before = this.instances.get(id);
    if (!before) return Promise.resolve(undefined);
    const after = { ...before, ...vitals };
    this.instances.set(id, after);
    return Promise.resolve(after);
  }

  remove(id: string, reason: string): Promise<StoredInstance | undefined> {
    const before = this.instances.get(id);
    if (before) this.drop(before, { type: 'unregistered', reason });
    return Promise.resolve(before);
  }

  takeExpired(now: number): Promise<readonly StoredInstance[]> {
    const expired: StoredInstance[] = [];
    for (const instance of this.instances.values()) if (instance.expiresAt <= now) expired.push(instance);
    for (const instance of expired)
      this.drop(instance, { type: 'expired', reason: `no heartbeat for ${instance.ttlSeconds} s` });
    return Promise.resolve(expired);
  }

  shiftLeases(ms: number): Promise<void> {
    for (const [id, instance] of this.instances)
      this.instances.set(id, { ...instance, expiresAt: instance.expiresAt + ms });
    return Promise.resolve();
  }

  get(id: string): Promise<StoredInstance | undefined> {
    return Promise.resolve(this.instances.get(id));
  }

  all(): Promise<readonly StoredInstance[]> {
    return Promise.resolve([...this.instances.values()]);
  }

  watch(listener: (change: StoreChange) => void): () => void {
    this.watchers.add(listener);
    return () => this.watchers.delete(listener);
  }

  private drop(before: StoredInstance, change: Pick<StoreChange, 'type' | 'reason'>): void {
    this.instances.delete(before.id);
    this.tell({ ...change, before, after: undefined });
  }

  private tell(change: StoreChange): void {
    for (const watcher of this.watchers) watcher(change);
  }
}
