import type { InstanceView } from '#contracts';
import type { Registry } from '../registry.js';

type Finder = Pick<Registry, 'instances'>;

/** How long an answer of the registry is taken as true, milliseconds. */
const FRESH_MS = 1000;
// A registry that hangs must not hold up calls to neighbours whose address is known.
const PATIENCE_WITH_STALE_MS = 250;

interface Entry {
  readonly instances: readonly InstanceView[];
  freshUntil: number;
}

const mayReceive = ({ status, weight }: InstanceView): boolean => status === 'up' && weight > 0;

/**
 * The instances of neighbours that may receive requests, as the registry named them within the last second. When the
 * registry is away the last known ones stand in: an address that was good a minute ago is better than none.
 */
export class InstanceCache {
  private readonly entries = new Map<string, Entry>();
  private readonly refreshes = new Map<string, Promise<Entry>>();

  constructor(private readonly registry: Finder) {}

  /** @throws whatever the registry throws when it is away and the service was never known. */
  async get(service: string): Promise<readonly InstanceView[]> {
    const known = this.entries.get(service);
    // An empty list is never trusted: a service that just started must be found at once.
    if (known && known.instances.length > 0) {
      if (known.freshUntil > performance.now()) return known.instances;
      return (await this.refreshOr(service, known)).instances;
    }
    return (await this.refresh(service)).instances;
  }

  /** Ask the registry before the next use: an instance of this service has just failed. */
  distrust(service: string): void {
    const entry = this.entries.get(service);
    if (entry) entry.freshUntil = 0;
  }

  private async refreshOr(service: string, stale: Entry): Promise<Entry> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<Entry>((resolve) => {
      timer = setTimeout(() => resolve(this.extend(stale)), PATIENCE_WITH_STALE_MS);
    });
    try {
      return await Promise.race([this.refresh(service).catch(() => this.extend(stale)), patience]);
    } finally {
      clearTimeout(timer);
    }
  }

  // A registry that is away is waited for once per period, not once per call.
  private extend(stale: Entry): Entry {
    stale.freshUntil = performance.now() + FRESH_MS;
    return stale;
  }

  private refresh(service: string): Promise<Entry> {
    const running = this.refreshes.get(service) ?? this.ask(service);
    this.refreshes.set(service, running);
    return running;
  }

  private async ask(service: string): Promise<Entry> {
    try {
      const instances = (await this.registry.instances(service)).filter(mayReceive);
      const entry = { instances, freshUntil: performance.now() + FRESH_MS };
      this.entries.set(service, entry);
      return entry;
    } finally {
      this.refreshes.delete(service);
    }
  }
}
