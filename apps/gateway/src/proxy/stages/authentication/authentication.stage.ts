import { performance } from 'node:perf_hooks';
import type { Problem } from '#contracts';
import type { Identity, StageExchange } from '../../exchange/exchange-state.js';
import { authenticationUnavailable, unauthenticated } from '../../exchange/problems.js';
import type { Decision, PolicyCounts, Preview, PreviewRequest, Stage } from '../../exchange/stage.js';
import { timeLimitOf } from '../../resilience/time-limit.js';
import type { Authenticator, Verdict } from './authenticator.js';
import { challengesOf, withoutCredentials } from './challenges.js';
import { decisive, describeFinding, NO_CREDENTIALS, type Finding } from './findings.js';

/** What an {@link AuthenticationStage} is built from. */
export interface AuthenticationParts {
  /** Requests without credentials are accepted. */
  readonly optional: boolean;
  /** In the order in which they are asked. */
  readonly authenticators: readonly Authenticator[];
  /** The protection space that challenges name (RFC 9110, section 11.5). */
  readonly realm: string;
  /** Longest duration of a request, in milliseconds; 0: unlimited. */
  readonly totalMs: number;
  readonly counts: PolicyCounts;
}

/** The provider that accepted the credentials, or the finding that decides; nothing without credentials. */
interface Result {
  readonly accepted?: { readonly provider: Authenticator; readonly identity: Identity };
  readonly finding?: Finding | undefined;
}

const DEADLINE_PASSED = { kind: 'unavailable', reason: 'deadline passed', retryAfterSeconds: 1 } as const;

/**
 * Accepts requests with credentials that one of the providers accepts. It waits only if a provider has to. A provider
 * that cannot decide never opens a route: the request is refused with 503.
 */
export class AuthenticationStage implements Stage {
  readonly name = 'authentication';
  private readonly challenges: string;
  private readonly challengesAfterToken: string;

  constructor(private readonly parts: AuthenticationParts) {
    const { authenticators, realm } = parts;
    this.challenges = challengesOf(authenticators, realm, false);
    this.challengesAfterToken = challengesOf(authenticators, realm, true);
  }

  request(exchange: StageExchange): Decision | Promise<Decision> {
    let finding: Finding | undefined;
    for (const provider of this.parts.authenticators) {
      const verdict = provider.authenticate(exchange);
      if (verdict instanceof Promise) return this.wait(exchange, provider, verdict, finding);
      if (verdict.kind === 'accepted') return this.accept(exchange, provider, verdict.identity);
      if (verdict.kind !== 'absent') finding = decisive(finding, { provider, verdict });
    }
    return this.conclude(exchange, finding);
  }

  async preview(request: PreviewRequest): Promise<Preview> {
    const { accepted, finding } = await this.ask(this.parts.authenticators, (provider) =>
      provider.authenticate(request),
    );
    const identity = (request.identity = accepted?.identity);
    if (identity)
      return { decision: 'continue', detail: `${identity.provider} accepts ${identity.consumer}` };
    const detail = describeFinding(finding);
    const reply = this.problemOf(finding);
    return reply ? { decision: 'respond', detail, reply } : { decision: 'continue', detail };
  }

  /** Waits for the verdict of `provider`, then asks those after it, until the request has to end. */
  private async wait(
    exchange: StageExchange,
    provider: Authenticator,
    pending: Promise<Verdict>,
    before: Finding | undefined,
  ): Promise<Decision> {
    const { authenticators, totalMs } = this.parts;
    const rest = authenticators.slice(authenticators.indexOf(provider));
    const asked = this.ask(
      rest,
      (each) => (each === provider ? pending : each.authenticate(exchange)),
      before,
    );
    const limitMs = timeLimitOf(exchange, totalMs);
    const late: Result = { finding: { provider, verdict: DEADLINE_PASSED } };
    const { accepted, finding } =
      limitMs === undefined
        ? await asked
        : await within(limitMs - (performance.now() - exchange.startedAt), asked, late);
    if (exchange.isOver) return undefined;
    return accepted
      ? this.accept(exchange, accepted.provider, accepted.identity)
      : this.conclude(exchange, finding);
  }

  private async ask(
    providers: readonly Authenticator[],
    verdictOf: (provider: Authenticator) => Verdict | Promise<Verdict>,
    before?: Finding,
  ): Promise<Result> {
    let finding = before;
    for (const provider of providers) {
      const verdict = await verdictOf(provider);
      if (verdict.kind === 'accepted') return { accepted: { provider, identity: verdict.identity } };
      if (verdict.kind !== 'absent') finding = decisive(finding, { provider, verdict });
    }
    return { finding };
  }

  private accept(exchange: StageExchange, provider: Authenticator, identity: Identity): Decision {
    provider.recordUse?.(identity);
    exchange.identity = identity;
    this.parts.counts.allowed += 1;
    return undefined;
  }

  /** Decides on a request that no provider has accepted. */
  private conclude(exchange: StageExchange, finding: Finding | undefined): Problem | undefined {
    const problem = this.problemOf(finding);
    if (!problem) {
      this.parts.counts.allowed += 1;
      return undefined;
    }
    exchange.refusal = `authentication: ${describeFinding(finding)}`;
    this.parts.counts.refused.add(finding?.verdict.reason ?? NO_CREDENTIALS);
    return problem;
  }

  private problemOf(finding: Finding | undefined): Problem | undefined {
    if (finding?.verdict.kind === 'unavailable')
      return authenticationUnavailable('the credentials cannot be checked now; retry later', {
        headers: { 'retry-after': String(finding.verdict.retryAfterSeconds) },
      });
    if (!finding) return this.parts.optional ? undefined : withoutCredentials(this.challenges);
    const challenges = finding.provider.scheme === 'Bearer' ? this.challengesAfterToken : this.challenges;
    return unauthenticated('the credentials are not valid', { headers: { 'www-authenticate': challenges } });
  }
}

/** The result of `asked`, or `late` if it takes longer than `ms`. */
async function within(ms: number, asked: Promise<Result>, late: Result): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Result>((resolve) => {
    timer = setTimeout(() => resolve(late), ms);
  });
  try {
    return await Promise.race([asked, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
