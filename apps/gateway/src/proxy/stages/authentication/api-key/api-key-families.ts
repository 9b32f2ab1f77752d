import { gaugeFamily, type LabelledValue, type MetricFamily } from '#service-kit';
import type { ApiKeyAuthenticator } from './api-key.authenticator.js';

/** Metrics of the API key providers of the policy file; none without a provider. */
export const apiKeyFamilies = (providers: readonly ApiKeyAuthenticator[]): readonly MetricFamily[] =>
  providers.length === 0
    ? []
    : [
        gaugeFamily(
          'gateway_api_keys',
          'API keys in effect, by provider of the policy file; 0 while requests with a key get 503.',
          providers.map(({ name, keys }) => [{ provider: name }, keys.length]),
        ),
        gaugeFamily(
          'gateway_api_keys_last_reload_successful',
          'Whether the latest load of the keys file succeeded, by provider.',
          providers.map((each) => [{ provider: each.name }, Number(each.state().lastError === null)]),
        ),
        gaugeFamily(
          'gateway_api_key_last_use_timestamp_seconds',
          'When an API key was last used; key: the first eight digits of its SHA-256; absent for keys that were not used.',
          providers.flatMap(lastUses),
        ),
      ];

function lastUses({ name, keys }: ApiKeyAuthenticator): LabelledValue[] {
  // Two hashes may begin alike; a series stands once in an exposition.
  const uses = new Map<string, LabelledValue>();
  for (const { id, consumer, lastUsedAt } of keys)
    if (lastUsedAt !== undefined)
      uses.set(`${id} ${consumer}`, [{ provider: name, consumer, key: id }, lastUsedAt / 1000]);
  return [...uses.values()];
}
