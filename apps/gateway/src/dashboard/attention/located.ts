import type { ServiceWindows } from '../traffic/traffic-sampler.js';
import type { Finding } from './finding.js';
import { SLOW_MS, type TrafficCounts } from '../traffic/traffic-counts.js';

/** More are no help: the view of the service lists them. */
const MOST_NAMED = 3;
/** An instance that rarely fails is no cause. */
const MOST_ERRORS = 0.9;

type Used = readonly [id: string, traffic: TrafficCounts];

/** Instances that received some of the requests that are judged. */
const usedOf = ({ judged, instances }: ServiceWindows): readonly Used[] =>
  Array.from(instances, ([id, window]): Used => [id, window.during(judged)]).filter(
    ([, { requests }]) => requests > 0,
  );

/** The instances that are the cause: `at` names a few of them, `only` the one that there is. Nothing if all or many are. */
function causeOf(causes: readonly Used[], used: readonly Used[]): Finding['values'] {
  const at = causes.map(([id]) => id).join(', ');
  if (causes.length === 0 || causes.length > MOST_NAMED) return {};
  if (causes.length < used.length) return { at };
  return used.length === 1 ? { only: at } : {};
}

/** The instances at which nearly all errors of a service happened, or `own`: the gateway itself responded with them. */
export function failingInstances(windows: ServiceWindows): Finding['values'] {
  const { errors } = windows.judged;
  const used = usedOf(windows);
  const atInstances = used.reduce((sum, [, traffic]) => sum + traffic.errors, 0);
  if (atInstances <= errors * (1 - MOST_ERRORS)) return { own: 1 };
  const causes: Used[] = [];
  let rest = errors * MOST_ERRORS;
  for (const each of used.toSorted(([, a], [, b]) => b.errors - a.errors)) {
    if (rest <= 0) break;
    causes.push(each);
    rest -= each[1].errors;
  }
  // Errors of the gateway itself happened at no instance.
  return rest > 0 ? {} : causeOf(causes, used);
}

/** The instances whose responses are slow, if a service is. */
export function slowInstances(windows: ServiceWindows): Finding['values'] {
  const used = usedOf(windows);
  return causeOf(
    used.filter(([, traffic]) => traffic.quantile(0.95) >= SLOW_MS),
    used,
  );
}
