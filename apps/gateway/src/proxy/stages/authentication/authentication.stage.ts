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

/** What the providers said so far of the credentials of a request. */
interface Result {
  /** The first acceptance. */
  accepted: { readonly provider: Authenticator; readonly identity: Identity } | undefined;
  /** Why the token of the request is not accepted. */
  token: Finding | undefined;
  /** Why its key is not accepted. */
  key: Finding | undefined;
}

const noResult = (): Result => ({ accepted: undefined, token: undefined, key: undefined });

const isOfTokens = ({ scheme }: Authenticator): boolean => scheme === 'Bearer';

const DEADLINE_PASSED = { kind: 'unavailable', reason: 'deadline passed', retryAfterSeconds: 1 } as const;

/**
 * Accepts requests with credentials that one of the providers accepts. A token that none accepts refuses the request also
 * beside a valid key: services receive the token, and may rely on it. The stage waits only if a provider has to. A
 * provider that cannot decide never opens a route: the request is refused with 503.
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
    const result = noResult();
    for (const provider of this.parts.authenticators) {
      if (isNeedless(provider, result)) continue;
      const verdict = provider.authenticate(exchange);
      if (verdict instanceof Promise) return this.wait(exchange, provider, verdict, result);
      if (note(result, provider, verdict)) break;
    }
    return this.decide(exchange, result);
  }

  async preview(request: PreviewRequest): Promise<Preview> {
    const result = await this.ask(
      this.parts.authenticators,
      (provider) => provider.preview(request),
      noResult(),
    );
    const identity = (request.identity = identityOf(result));
    if (identity)
      return { decision: 'continue', detail: `${identity.provider} accepts ${identity.consumer}` };
    const finding = this.findingOf(result);
    const detail = describeFinding(finding);
    const reply = this.problemOf(finding);
    return reply ? { decision: 'respond', detail, reply } : { decision: 'continue', detail };
  }

  /** Waits for the verdict of `provider`, then asks those after it, until the request has to end. */
  private async wait(
    exchange: StageExchange,
    provider: Authenticator,
    pending: Promise<Verdict>,
    before: Result,
  ): Promise<Decision> {
    const { authenticators, totalMs } = this.parts;
    const rest = authenticators.slice(authenticators.indexOf(provider));
    const late = { ...before };
    note(late, provider, DEADLINE_PASSED);
    const asked = this.ask(
      rest,
      (each) => (each === provider ? pending : each.authenticate(exchange)),
      before,
    );
    const limitMs = timeLimitOf(exchange, totalMs);
    const result =
      limitMs === undefined
        ? await asked
        : await within(limitMs - (performance.now() - exchange.startedAt), asked, late);
    return exchange.isOver ? undefined : this.decide(exchange, result);
  }

  private async ask(
    providers: readonly Authenticator[],
    verdictOf: (provider: Authenticator) => Verdict | Promise<Verdict>,
    result: Result,
  ): Promise<Result> {
    for (const provider of providers)
      if (!isNeedless(provider, result) && note(result, provider, await verdictOf(provider))) break;
    return result;
  }

  private decide(exchange: StageExchange, result: Result): Problem | undefined {
    const { accepted, token } = result;
    if (!accepted || token) return this.conclude(exchange, this.findingOf(result));
    accepted.provider.recordUse?.(accepted.identity);
    exchange.identity = accepted.identity;
    this.parts.counts.allowed += 1;
    return undefined;
  }

  /**
   * The finding that decides on a request that is not accepted; `undefined` without credentials, unless no credentials
   * would help.
   */
  private findingOf({ token, key }: Result): Finding | undefined {
    return token && key ? decisive(token, key) : (token ?? key ?? this.outage());
  }

  /** Why a request with credentials would fail at every provider; `undefined` if it would not, or needs none. */
  private outage(): Finding | undefined {
    const { optional, authenticators } = this.parts;
    if (optional || authenticators.some(({ outage }) => !outage)) return undefined;
    const [provider] = authenticators;
    const verdict = provider?.outage;
    return verdict && { provider, verdict };
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
      return authenticationUnavailable('credentials cannot be checked now; retry later', {
        headers: { 'retry-after': String(finding.verdict.retryAfterSeconds) },
      });
    if (!finding) return this.parts.optional ? undefined : withoutCredentials(this.challenges);
    const challenges = finding.provider.scheme === 'Bearer' ? this.challengesAfterToken : this.challenges;
    return unauthenticated('the credentials are not valid', { headers: { 'www-authenticate': challenges } });
  }
}

const identityOf = ({ accepted, token }: Result): Identity | undefined =>
  token ? undefined : accepted?.identity;

/** Whether the verdict of a provider no longer matters. */
const isNeedless = (provider: Authenticator, { accepted }: Result): boolean =>
  accepted !== undefined && !isOfTokens(provider);

/** Adds a verdict to `result`; returns whether no other provider can change the decision. */
function note(result: Result, provider: Authenticator, verdict: Verdict): boolean {
  const isToken = isOfTokens(provider);
  if (verdict.kind === 'absent') return false;
  if (verdict.kind === 'accepted') {
    result.accepted ??= { provider, identity: verdict.identity };
    if (isToken) result.token = undefined;
    return isToken;
  }
  const finding = { provider, verdict };
  if (isToken) result.token = decisive(result.token, finding);
  else result.key = decisive(result.key, finding);
  return false;
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
