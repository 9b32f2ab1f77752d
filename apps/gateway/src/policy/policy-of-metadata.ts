import { INTERNAL_PATHS_KEY, internalPathsIn } from '#contracts';
import { HEALTH_CHECK_KEYS, healthCheckValueOf } from '../discovery/index.js';
import {
  ADAPTIVE_KINDS,
  BALANCER_KINDS,
  DEFAULT_POLICY,
  HEDGE_PERCENTILES,
  RETRY_CONDITIONS,
  type HashKey,
  type Hedging,
  type Policy,
  type RetryCondition,
} from './policy.js';

/** Metadata keys with this prefix declare the policy of the service. */
const PREFIX = 'gateway.';

/** A policy, and the faults of its declaration: each invalid value leaves the default unchanged. */
export interface DeclaredPolicy {
  readonly policy: Policy;
  readonly faults: readonly string[];
}

/** Applies `text` to a policy; `undefined` if it is not a valid value. */
type Change = (policy: Policy, text: string) => Policy | undefined;
/** A member of {@link Policy} that has members. */
type Section = Exclude<keyof Policy, 'internalPaths'>;
type Members<S extends Section> = Partial<Policy[S]>;

function change<S extends Section>(section: S, read: (text: string) => Members<S> | undefined): Change {
  return (policy, text) => {
    const members = read(text);
    return members && { ...policy, [section]: { ...policy[section], ...members } };
  };
}

/** A whole number of at most nine digits, between `least` and `most`. */
const whole = <S extends Section>(section: S, member: keyof Policy[S], least: number, most: number): Change =>
  change(section, (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    return value >= least && value <= most ? ({ [member]: value } as Members<S>) : undefined;
  });

const DAY_MS = 86_400_000;

const isCondition = (name: string): name is RetryCondition =>
  RETRY_CONDITIONS.some((condition) => condition === name);

const HASH_KEY = /^(?:(client-address)|(header|cookie):([\w!#$%&'*+.^`|~-]{1,128}))$/;

function hashKeyOf(text: string): HashKey | undefined {
  const [, address, from, name = ''] = HASH_KEY.exec(text) ?? [];
  if (address !== undefined) return { from: 'client-address' };
  // Header names are looked up in lower case; cookie names are case-sensitive.
  if (from === 'header') return { from, name: name.toLowerCase() };
  return from === 'cookie' ? { from, name } : undefined;
}

/** A comma-separated list of error statuses. */
function statusesOf(text: string): { readonly statuses: readonly number[] } | undefined {
  const statuses = text.split(',').map((status) => status.trim());
  return statuses.every((status) => /^[45]\d\d$/.test(status))
    ? { statuses: statuses.map(Number) }
    : undefined;
}

const LONGEST_HEDGE_MS = 60_000;

function hedgeAfter(text: string): Hedging | undefined {
  if (text === 'off') return { after: text };
  const [, isPercentile, digits] = /^(p?)([1-9]\d{0,4})$/.exec(text) ?? [];
  const value = Number(digits ?? NaN);
  const { least, most } = HEDGE_PERCENTILES;
  if (isPercentile === 'p') return value >= least && value <= most ? { after: `p${value}` } : undefined;
  return value <= LONGEST_HEDGE_MS ? { after: value } : undefined;
}

/** Declares how discovery checks the instance, not the policy; invalid values are reported with the others. */
const healthCheck =
  (key: string): Change =>
  (policy, text) =>
    healthCheckValueOf(key, text) === undefined ? undefined : policy;

/** The keys that can be declared. */
const KEYS: ReadonlyMap<string, Change> = new Map(
  Object.entries({
    'timeout.connect-ms': whole('timeouts', 'connectMs', 1, DAY_MS),
    'timeout.response-header-ms': whole('timeouts', 'responseHeaderMs', 0, DAY_MS),
    'timeout.idle-ms': whole('timeouts', 'idleMs', 0, DAY_MS),
    'timeout.total-ms': whole('timeouts', 'totalMs', 0, DAY_MS),
    balancer: change('balancing', (text) => {
      const kind = BALANCER_KINDS.find((known) => known === text);
      return kind && { kind };
    }),
    'hash-on': change('balancing', (text) => {
      const hashOn = hashKeyOf(text);
      return hashOn && { hashOn };
    }),
    'slow-start-ms': whole('balancing', 'slowStartMs', 0, DAY_MS),
    'retry.on': change('retries', (text) => {
      const on = text === '' ? [] : text.split(',').map((name) => name.trim());
      return on.every(isCondition) ? { on } : undefined;
    }),
    'retry.statuses': change('retries', statusesOf),
    'retry.after-refusal': whole('retries', 'afterRefusal', 0, 100),
    'retry.after-sending': whole('retries', 'afterSending', 0, 10),
    'retry.backoff-ms': whole('retries', 'backoffMs', 0, 10_000),
    'retry.body-bytes': whole('retries', 'bodyBytes', 0, 1_048_576),
    'retry.budget-percent': whole('retries', 'budgetPercent', 0, 100),
    'hedge.after': change('hedging', hedgeAfter),
    'ejection.failures-in-row': whole('ejection', 'failuresInRow', 0, 10_000),
    'breaker.failure-percent': whole('breaker', 'failurePercent', 0, 100),
    'breaker.statuses': change('breaker', statusesOf),
    'breaker.min-requests': whole('breaker', 'minRequests', 1, 1_000_000),
    'breaker.open-ms': whole('breaker', 'openMs', 1, DAY_MS),
    'concurrency.per-instance': whole('concurrency', 'perInstance', 0, 1_000_000),
    'concurrency.per-service': whole('concurrency', 'perService', 0, 1_000_000),
    'concurrency.adaptive': change('concurrency', (text) => {
      const adaptive = ADAPTIVE_KINDS.find((known) => known === text);
      return adaptive && { adaptive };
    }),
    'concurrency.queue': whole('concurrency', 'queue', 0, 100_000),
    'concurrency.queue-ms': whole('concurrency', 'queueMs', 0, 60_000),
    ...Object.fromEntries(HEALTH_CHECK_KEYS.map((key) => [key.slice(PREFIX.length), healthCheck(key)])),
    // An invalid value that registration failed to refuse closes the service: the default would leave it open.
    'internal-paths': (policy, text) => ({ ...policy, internalPaths: internalPathsIn(text) ?? ['/'] }),
  }),
);

/** The metadata keys that declare policy. */
export const POLICY_KEYS: readonly string[] = [...KEYS.keys()].map((key) => PREFIX + key);

/** The union of internal paths: a path must not be open because another instance does not declare it. */
const union = (declared: string | undefined, text: string): string =>
  declared === undefined || declared === text
    ? text
    : [...new Set(`${declared},${text}`.split(',').map((prefix) => prefix.trim()))].sort().join(',');

export type Fleet = readonly { readonly metadata: Readonly<Record<string, string>> }[];

/** The metadata members that declare policy, as text that is equal for equal declarations. */
export function declarationOf(fleet: Fleet): string {
  const declared: Record<string, string> = {};
  // If instances differ, the one that registered last takes precedence.
  for (const { metadata } of fleet)
    for (const key in metadata) {
      if (!key.startsWith(PREFIX)) continue;
      const text = metadata[key] ?? '';
      declared[key] = key === INTERNAL_PATHS_KEY ? union(declared[key], text) : text;
    }
  const keys = Object.keys(declared);
  return keys.length === 0 ? '' : JSON.stringify(keys.sort().map((key) => [key, declared[key]]));
}

/** The policy of a service, from its {@link declarationOf}. */
export function policyOf(declaration: string): DeclaredPolicy {
  if (declaration === '') return { policy: DEFAULT_POLICY, faults: [] };
  const faults: string[] = [];
  let policy = DEFAULT_POLICY;
  for (const [key, text] of JSON.parse(declaration) as [string, string][]) {
    const changed = KEYS.get(key.slice(PREFIX.length))?.(policy, text);
    if (changed) policy = changed;
    else faults.push(`${key}=${text} is not a valid policy setting; the default applies`);
  }
  return { policy, faults };
}
