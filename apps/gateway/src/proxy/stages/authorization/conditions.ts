import type { AuthorizationEntry } from '../../../policy/members/authorization.js';
import type { Identity } from '../../exchange/exchange-state.js';

/** What an entry asks of a caller, and what the caller may lack. */
export type Condition = 'scopes' | 'claims' | 'consumers';

/** One entry of `authorization.anyOf`. */
export class Conditions {
  /** Scopes that the caller must have; empty: none. */
  readonly scopes: readonly string[];
  private readonly claims: readonly (readonly [string, ReadonlySet<string>])[];
  private readonly consumers: ReadonlySet<string> | undefined;

  constructor({ scopes = [], claims, consumers }: AuthorizationEntry) {
    this.scopes = scopes;
    this.claims = [...(claims ?? [])].map(([name, values]) => [name, new Set(values)]);
    this.consumers = consumers && new Set(consumers);
  }

  /** The first condition that does not hold; `undefined` if all hold. Scopes come last: callers can ask for more. */
  unmetBy({ consumer, claims, scopes }: Identity): Condition | undefined {
    if (this.consumers?.has(consumer) === false) return 'consumers';
    for (const [name, values] of this.claims) if (!hasValue(claims[name], values)) return 'claims';
    for (const scope of this.scopes) if (!scopes.includes(scope)) return 'scopes';
    return undefined;
  }
}

/** Whether a claim has one of the values, or is a list that contains one. Claims with members have none. */
const hasValue = (claim: unknown, values: ReadonlySet<string>): boolean =>
  Array.isArray(claim) ? claim.some((item) => isOneOf(item, values)) : isOneOf(claim, values);

const isOneOf = (claim: unknown, values: ReadonlySet<string>): boolean =>
  (typeof claim === 'string' || typeof claim === 'number' || typeof claim === 'boolean') &&
  values.has(String(claim));
