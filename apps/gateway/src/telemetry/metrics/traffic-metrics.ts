import type { InstanceDirectory } from './instance-directory.js';
import { ServiceSeries, type EjectionReason } from './series.js';
import { Tally } from './tally.js';

/** How long counts outlive their instance: several scrapes, so that the last increase is recorded. */
const FORGET_AFTER_MS = 5 * 60_000;

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

  /** Drops the counts of services and instances that left at least {@link FORGET_AFTER_MS} ago. */
  forget(directory: InstanceDirectory, now: number): void {
    for (const service of this.byService.values()) {
      const loads = directory.loadsOf(service.name);
      if (isForgotten(service, loads !== undefined, now)) this.byService.delete(service.name);
      for (const instance of service.instances.values())
        if (isForgotten(instance, loads?.has(instance.id) === true, now))
          service.instances.delete(instance.id);
    }
  }
}

function isForgotten(series: { goneSince: number | undefined }, isThere: boolean, now: number): boolean {
  if (isThere) series.goneSince = undefined;
  else series.goneSince ??= now;
  return series.goneSince !== undefined && now - series.goneSince >= FORGET_AFTER_MS;
}
