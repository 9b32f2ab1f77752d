import type { ServiceWindows } from '../traffic/traffic-sampler.js';
import type { TrafficWindow } from '../traffic/traffic-window.js';
import { SLOW_MS } from './thresholds.js';

/** More are no help: the view of the service lists them. */
const MOST_NAMED = 3;
/** An instance that rarely fails is no cause. */
const MOST_ERRORS = 0.9;

type Used = readonly [id: string, window: TrafficWindow];

/** Instances that requests were sent to. */
const usedOf = ({ instances }: ServiceWindows): readonly Used[] =>
  [...instances].filter(([, { requests }]) => requests > 0);

/** Ids of the few instances that are the cause; empty if all or many are. */
const named = (causes: readonly Used[], used: readonly Used[]): string =>
  causes.length < used.length && causes.length <= MOST_NAMED ? causes.map(([id]) => id).join(', ') : '';

/** Ids of the few instances at which nearly all errors of a service happened; empty if there are none. */
export function failingInstances(windows: ServiceWindows): string {
  const used = usedOf(windows);
  const causes: Used[] = [];
  let rest = windows.errors * MOST_ERRORS;
  for (const each of used.toSorted(([, a], [, b]) => b.errors - a.errors)) {
    if (rest <= 0) break;
    causes.push(each);
    rest -= each[1].errors;
  }
  // Errors of the gateway itself happened at no instance: then all are looked at, and none is named.
  return named(causes, used);
}

/** Ids of the few instances whose responses are slow, if a service is; empty if there are none. */
export function slowInstances(windows: ServiceWindows): string {
  const used = usedOf(windows);
  return named(
    used.filter(([, window]) => window.quantile(0.95) >= SLOW_MS),
    used,
  );
}
