import type { Condition, ServiceState } from '#contracts';
import type { ServiceEntry } from '../../discovery/index.js';
import { isoSecond, rounded } from '../traffic/rounded.js';
import { TrafficSampler, type ServiceWindows } from '../traffic/traffic-sampler.js';
import { TrafficWindow } from '../traffic/traffic-window.js';

const MINUTE_MS = 60_000;

const UNUSED = new TrafficWindow();

/**
 * @param seconds length of the window
 * @param now milliseconds since the epoch
 */
export function serviceStateOf(
  entry: ServiceEntry,
  windows: ServiceWindows | undefined,
  condition: Condition,
  seconds: number,
  now: number,
): ServiceState {
  const { instances, live, lastSeenAt } = entry;
  return {
    ...(windows ?? UNUSED).now(seconds, TrafficSampler.inFlight(entry)),
    condition,
    healthy: instances.filter(({ status }) => status === 'up').length,
    total: instances.length,
    versions: [...new Set((live.length > 0 ? live : instances).map(({ version }) => version))].sort(),
    retriesPerSecond: rounded((windows?.retries ?? 0) / seconds),
    breaker: windows?.series.breaker ?? null,
    // While an instance is registered, a minute is exact enough, and changes seldom.
    lastSeenAt: isoSecond(lastSeenAt ?? now - (now % MINUTE_MS)),
  };
}
