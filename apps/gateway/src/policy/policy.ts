import { readSettings, type MetadataSettings, type ValuesOf } from '../config/metadata-setting.js';
import type { FileOnlyMembers } from './file-only-members.js';
import { POLICY_SECTIONS, POLICY_SETTINGS } from './policy-schema.js';

export { GATEWAY_ERROR_STATUSES } from './policy-schema.js';
export type { HashKey } from './value-kinds.js';

type Sections = {
  readonly [S in keyof typeof POLICY_SECTIONS]: ValuesOf<(typeof POLICY_SECTIONS)[S]['settings']>;
};

/** A route's declared behaviour. */
export type Policy = Sections & ValuesOf<typeof POLICY_SETTINGS> & FileOnlyMembers;

/** Time limits of the steps of a request, in milliseconds; 0 means no limit. */
export type Timeouts = Policy['timeouts'];
/** How instances are selected. */
export type Balancing = Policy['balancing'];
/** How often an exchange may be retried, each time at another instance. */
export type Retries = Policy['retries'];
export type RetryCondition = Retries['on'][number];
/** When a GET or HEAD without a response is also sent to another instance; the first response is used. */
export type Hedging = Policy['hedging'];
/** When the circuit breaker of a service opens. */
export type BreakerLimits = Policy['breaker'];
/** Maximum requests in flight; 0 means no limit. */
export type ConcurrencyLimits = Policy['concurrency'];

/** The policy that `declared` metadata declares. A setting that is missing or invalid has its default. */
export function readPolicy(declared: Readonly<Record<string, string>>): Policy {
  const sections = Object.entries(POLICY_SECTIONS).map(([name, { settings }]) => [
    name,
    readSettings<MetadataSettings>(settings, declared),
  ]);
  return Object.freeze({
    ...(Object.fromEntries(sections) as Sections),
    ...readSettings(POLICY_SETTINGS, declared),
  });
}

export const DEFAULT_POLICY: Policy = readPolicy({});
