import { resolve } from 'node:path';
import { statesCallers } from '../../../../policy/members/authentication.js';
import type { PolicyFile } from '../../../../policy/policy-file.js';
import type { Verdict } from '../authenticator.js';
import { JwtAuthenticator } from './jwt.authenticator.js';

/** What a provider of tokens says of a token, without a request to its issuer. */
export interface TokenJudgement {
  readonly provider: string;
  /** `unchecked`: the token may be valid, but there is no key set to check it with. */
  readonly result: 'accepted' | 'refused' | 'unchecked';
  /** Why the token is not accepted. */
  readonly reason: string | null;
  readonly consumer: string | null;
  readonly scopes: readonly string[];
  /** Header fields that services receive. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Where the key sets are. */
export interface KeyPlaces {
  /** Folder of the policy file. */
  readonly folder: string;
  /** A key set that is used for all providers. */
  readonly jwks?: string | undefined;
}

const NOT_FETCHED = 'the keys come from a URL, which is not fetched';
const SILENT = { error: () => undefined, info: () => undefined, warn: () => undefined };

/** Asks every provider of tokens of a policy file about `token`, offline. */
export function judgeToken(
  token: string,
  { authentication }: Pick<PolicyFile, 'authentication'>,
  { folder, jwks }: KeyPlaces,
): Promise<readonly TokenJudgement[]> {
  const providers = [...(authentication.jwt ?? [])].map(async ([name, provider]) => {
    const file = jwks === undefined ? provider.jwks.file : resolve(jwks);
    const offline = { ...provider, jwks: { ...provider.jwks, url: undefined, file } };
    const around = { folder, logger: SILENT, statesCallers: statesCallers(authentication) };
    const authenticator = new JwtAuthenticator(name, offline, around);
    const verdict = await authenticator.authenticate({ header: () => `Bearer ${token}` });
    const [problem] = authenticator.state().lastError?.problems ?? [];
    authenticator.close();
    return judgement(name, verdict, file === undefined ? NOT_FETCHED : problem);
  });
  return Promise.all(providers);
}

function judgement(provider: string, verdict: Verdict, problem: string | undefined): TokenJudgement {
  const nothing = { provider, consumer: null, scopes: [], fields: {} };
  switch (verdict.kind) {
    case 'accepted': {
      const { consumer, scopes, fields } = verdict.identity;
      return {
        provider,
        result: 'accepted',
        reason: null,
        consumer,
        scopes,
        fields: Object.fromEntries(fields),
      };
    }
    case 'refused':
      return { ...nothing, result: 'refused', reason: verdict.reason };
    case 'absent':
      return { ...nothing, result: 'refused', reason: 'malformed' };
    default:
      return { ...nothing, result: 'unchecked', reason: problem ?? verdict.reason };
  }
}
