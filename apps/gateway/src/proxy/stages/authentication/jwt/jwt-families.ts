import { counterFamily, gaugeFamily, type MetricFamily } from '#service-kit';
import type { JwtAuthenticator } from './jwt.authenticator.js';

/** Metrics of the providers of tokens; none without such providers. */
export function jwtFamilies(
  providers: readonly JwtAuthenticator[],
  now = Date.now(),
): readonly MetricFamily[] {
  if (providers.length === 0) return [];
  const ofEach = (value: (provider: JwtAuthenticator) => number | undefined) =>
    providers.flatMap((provider): [{ provider: string }, number][] => {
      const found = value(provider);
      return found === undefined ? [] : [[{ provider: provider.name }, found]];
    });
  return [
    counterFamily(
      'gateway_token_cache_hits',
      'Requests with a token that was verified, or refused, before.',
      ofEach(({ lookups }) => lookups.hits),
    ),
    counterFamily(
      'gateway_token_cache_misses',
      'Requests with a token that had to be verified.',
      ofEach(({ lookups }) => lookups.misses),
    ),
    gaugeFamily(
      'gateway_jwks_age_seconds',
      'Time since the key set of a provider was last loaded; absent until then.',
      ofEach(({ source: { loadedAt } }) => loadedAt && (now - loadedAt) / 1000),
    ),
    gaugeFamily(
      'gateway_jwks_keys',
      'Keys of a provider that can verify tokens.',
      ofEach(({ source: { keys } }) => keys?.descriptions.length ?? 0),
    ),
    counterFamily(
      'gateway_jwks_failures',
      'Loads of the key set of a provider that failed.',
      ofEach(({ source: { failures } }) => failures),
    ),
  ];
}
