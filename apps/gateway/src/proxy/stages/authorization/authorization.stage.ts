import type { Problem } from '#contracts';
import type { AuthorizationEntry } from '../../../policy/members/authorization.js';
import type { Identity, StageExchange } from '../../exchange/exchange-state.js';
import { forbidden } from '../../exchange/problems.js';
import type { Decision, PolicyCounts, Preview, PreviewRequest, Stage } from '../../exchange/stage.js';
import { Conditions } from './conditions.js';

/** What the stage takes from the authentication of its route. */
export interface RouteAuthentication {
  /** Whether a provider accepts bearer tokens; a refusal then says so (RFC 6750). */
  isBearer(provider: string): boolean;
  /** The response to a request without credentials. */
  unauthenticated(): Problem;
}

/** Refuses authenticated callers for which no entry of the policy holds, and all callers that are not authenticated. */
export class AuthorizationStage implements Stage {
  readonly name = 'authorization';
  private readonly entries: readonly Conditions[];

  constructor(
    anyOf: readonly AuthorizationEntry[],
    private readonly authentication: RouteAuthentication,
    private readonly counts: PolicyCounts,
  ) {
    this.entries = anyOf.map((entry) => new Conditions(entry));
  }

  request(exchange: StageExchange): Decision {
    const { identity } = exchange;
    if (identity && this.admits(identity)) {
      this.counts.allowed += 1;
      return undefined;
    }
    this.counts.refused.add(identity ? 'forbidden' : 'unauthenticated');
    exchange.refusal = `authorization: ${this.reasonFor(identity)}`;
    return this.refusalOf(identity);
  }

  preview({ identity }: PreviewRequest): Preview {
    if (identity && this.admits(identity))
      return { decision: 'continue', detail: 'an entry of authorization.anyOf holds for the caller' };
    return { decision: 'respond', detail: this.reasonFor(identity), reply: this.refusalOf(identity) };
  }

  private admits(identity: Identity): boolean {
    for (const entry of this.entries) if (entry.unmetBy(identity) === undefined) return true;
    return false;
  }

  /** For operators: names conditions, not what the caller has. */
  private reasonFor(identity: Identity | undefined): string {
    if (!identity) return 'the caller is not authenticated';
    const unmet = this.entries.map((entry, i) => `anyOf[${i}] (${entry.unmetBy(identity)})`);
    return `the caller does not meet ${unmet.join(', ')}`;
  }

  private refusalOf(identity: Identity | undefined): Problem {
    if (!identity) return this.authentication.unauthenticated();
    const isBearer = this.authentication.isBearer(identity.provider);
    return forbidden('the caller may not use this route', {
      ...(isBearer && { headers: { 'www-authenticate': this.challengeFor(identity) } }),
    });
  }

  /** Names the scopes that would be enough (RFC 6750, section 3). */
  private challengeFor(identity: Identity): string {
    const scopes = this.entries.find((entry) => entry.unmetBy(identity) === 'scopes')?.scopes;
    return `Bearer error="insufficient_scope"${scopes ? `, scope="${scopes.join(' ')}"` : ''}`;
  }
}
