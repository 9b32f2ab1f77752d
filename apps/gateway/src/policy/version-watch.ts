import type { AppContext } from '#service-kit';
import type { LiveServiceTable, ServiceEntry } from '../discovery/index.js';
import type { LivePolicyFile } from './live-policy-file.js';
import type { TrafficSplits } from './traffic-splits.js';

/** A version that a route sends requests to. */
interface SplitVersion {
  readonly service: string;
  readonly route: string | undefined;
  readonly version: string;
}

/** Logs when a version that should get requests has no instance in rotation, and when it has one again. */
export class VersionWatch {
  /** Whether a version has instances, by service, route and version. */
  private known: ReadonlyMap<string, boolean> = new Map();

  constructor(
    private readonly splits: TrafficSplits,
    private readonly services: LiveServiceTable,
    file: LivePolicyFile,
    private readonly logger: AppContext['logger'],
  ) {
    services.onChange(() => this.follow());
    file.onChange(() => this.follow());
  }

  private follow(): void {
    const now = new Map<string, boolean>();
    for (const entry of this.services.current.entries)
      for (const { route, traffic } of this.splits.of(entry.name))
        for (const { version, weight } of traffic.versions)
          if (weight > 0) this.compare({ service: entry.name, route, version }, entry, now);
    this.known = now;
  }

  private compare(
    split: SplitVersion,
    { availableByVersion: available }: ServiceEntry,
    now: Map<string, boolean>,
  ): void {
    const key = JSON.stringify(Object.values(split));
    const before = this.known.get(key);
    const hasInstances = available.some(({ version }) => version === split.version);
    // While a service starts, each of its versions is missing.
    if (before === undefined && available.length === 0) return;
    now.set(key, hasInstances);
    if (hasInstances && before === false) this.logger.info(split, 'Version has healthy instances again');
    if (!hasInstances && before !== false)
      this.logger.warn(split, 'Version without healthy instances; it gets no requests');
  }
}
