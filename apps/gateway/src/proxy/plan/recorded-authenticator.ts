import type { ApiKeyProvider, JwtProvider } from '../../policy/members/authentication.js';
import type { RecordedIdentity } from '../../policy/decisions/decision.js';
import type { ProviderDigests } from '../../policy/decisions/provider-digests.js';
import { TOKEN_CLAIMS } from '../../policy/decisions/recorded-names.js';
import type { Identity } from '../exchange/exchange-state.js';
import { OTHER_ISSUER, type Authenticator, type Verdict } from '../stages/authentication/authenticator.js';
import { NotRecorded, type RecordedExchange } from './recorded-exchange.js';

/** A provider of a policy file. */
export interface ReplayedProvider {
  readonly name: string;
  readonly digests: ProviderDigests;
  /** One of the two is set. */
  readonly jwt: JwtProvider | undefined;
  readonly apiKey: ApiKeyProvider | undefined;
}

const ABSENT: Verdict = { kind: 'absent' };
const BEARER = /^bearer$/i;
const REFUSAL = /^authentication: (?:([^:]+): )?(.*)$/;
const NO_FIELDS: ReadonlyMap<string, string> = new Map();

const refused = (reason: string): Verdict => ({ kind: 'refused', reason });

/**
 * Repeats what a provider said of recorded credentials, which the record does not have. A provider that verifies them
 * like the recorded one comes to the same verdict, except that it may accept other issuers and audiences.
 */
export const recordedAuthenticator = (provider: ReplayedProvider): Authenticator => ({
  name: provider.name,
  scheme: provider.jwt ? 'Bearer' : 'ApiKey',
  keyField: provider.apiKey?.header,
  outage: undefined,
  authenticate: (request) => verdictOn(request as RecordedExchange, provider),
  preview: (request) => verdictOn(request as RecordedExchange, provider),
  state: () => ({
    name: provider.name,
    kind: provider.jwt ? 'jwt' : 'apiKey',
    source: '',
    isAvailable: true,
    loadedAt: null,
    lastError: null,
    keys: [],
  }),
  close: () => undefined,
});

/** @throws NotRecorded if the verdict cannot be determined */
function verdictOn(request: RecordedExchange, provider: ReplayedProvider): Verdict {
  const credentials = request.header(provider.apiKey?.header ?? 'authorization');
  if (credentials === undefined || (provider.jwt && !BEARER.test(credentials))) return ABSENT;
  const { identity } = request.decision;
  const verdict =
    identity && isOfToken(identity) === (provider.jwt !== undefined)
      ? verdictOnAccepted(identity, provider)
      : verdictOnRefused(request, provider);
  if (!verdict) throw new NotRecorded(`what provider ${provider.name} says of the credentials`);
  return verdict;
}

const isOfToken = ({ claims }: RecordedIdentity): boolean => Object.hasOwn(claims, 'iss');

function verdictOnAccepted(
  identity: RecordedIdentity,
  { name, jwt, digests }: ReplayedProvider,
): Verdict | undefined {
  const { iss, aud } = identity.claims;
  if (jwt && iss !== jwt.issuer) return refused(OTHER_ISSUER);
  if (jwt && ![aud].flat().some((each) => jwt.audiences.includes(each as string))) return refused('audience');
  if (digests.verification !== identity.verification) return undefined;
  return { kind: 'accepted', identity: identityFor(name, identity) };
}

/** The identity; a claim that the record does not have cannot be read. */
const identityFor = (
  provider: string,
  { consumer, scopes, claims, hasClaim }: RecordedIdentity,
): Identity => ({
  consumer,
  provider,
  scopes,
  fields: NO_FIELDS,
  claims: new Proxy(claims, {
    get: (known, name) => {
      if (typeof name === 'string' && !TOKEN_CLAIMS.includes(name) && !hasClaim(name))
        throw new NotRecorded(`claim ${name}`);
      return Reflect.get(known, name) as unknown;
    },
  }),
});

/** `undefined` if the provider was not asked as it is now. */
function verdictOnRefused(
  { decision: { providers, problem, refusal = '' } }: RecordedExchange,
  { name, digests }: ReplayedProvider,
): Verdict | undefined {
  const [, decisive, reason = ''] = REFUSAL.exec(refusal) ?? [];
  if (decisive === undefined || providers.get(name) !== digests.whole) return undefined;
  if (decisive !== name) return refused(OTHER_ISSUER);
  return problem === 'authentication-unavailable'
    ? { kind: 'unavailable', reason, retryAfterSeconds: 1 }
    : refused(reason);
}
