import type { InstanceDirectory } from './instance-directory.js';
import { ServiceSeries, type EjectionReason } from './series.js';
import { Tally } from './tally.js';

/** How long counts outlive their instance: several scrapes, so that the last increase is recorded. */
const STALE_AFTER_MS = 5 * 60_000;

/** Counts of all proxied traffic. */
export class TrafficMetrics {
  private readonly byService = new Map<string, ServiceSeries>();
  /** Exchanges that matched no route, by problem. Client input never becomes a label. */
  readonly rejections = new Tally<string>();

  /** Series of a service that is, or was recently, registered. */
  service(name: string): ServiceSeries {
    let series = this.byService.get(name);
    if (!series) this.byService.set(name, (series = new ServiceSeries(name)));
    return series;
  }

  /** Number of instances of a service that this gateway ejected for a reason. */
  ejections(service: string, reason: EjectionReason): number {
    return this.byService.get(service)?.ejections.get(reason) ?? 0;
  }

  get services(): readonly ServiceSeries[] {
    return [...this.byService.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Drops the counts of services and instances that have not been registered for {@link STALE_AFTER_MS}. */
  dropStale(directory: InstanceDirectory, now: number): void {
    for (const service of this.byService.values()) {
      const loads = directory.loadsOf(service.name);
      if (isStale(service, loads !== undefined, now)) this.byService.delete(service.name);
      for (const instance of service.instances.values())
        if (isStale(instance, loads?.has(instance.id) === true, now)) service.instances.delete(instance.id);
    }
  }
}

function isStale(
  series: { unregisteredSince: number | undefined },
  isRegistered: boolean,
  now: number,
): boolean {
  if (isRegistered) series.unregisteredSince = undefined;
  else series.unregisteredSince ??= now;
  return series.unregisteredSince !== undefined && now - series.unregisteredSince >= STALE_AFTER_MS;
}
