import type { Authentication } from '../../policy/members/authentication.js';
import type { Authenticator, Unavailable } from '../stages/authentication/authenticator.js';

/**
 * Stands for a provider of a past policy file that the present one does not have: its keys are not recorded, so what it
 * said of credentials cannot be determined.
 */
export function changedProvider(name: string, authentication: Authentication | undefined): Authenticator {
  const keys = authentication?.apiKey?.get(name);
  const unknown: Unavailable = {
    kind: 'unavailable',
    reason: 'not recorded: the provider has changed since',
    retryAfterSeconds: 1,
  };
  return {
    name,
    scheme: keys ? 'ApiKey' : 'Bearer',
    keyField: keys?.header,
    outage: undefined,
    authenticate: () => unknown,
    preview: (request) =>
      request.header(keys?.header ?? 'authorization') === undefined ? { kind: 'absent' } : unknown,
    state: () => ({
      ...{ name, kind: keys ? 'apiKey' : 'jwt', source: '', isAvailable: false },
      ...{ loadedAt: null, lastError: null, keys: [] },
    }),
    close: () => undefined,
  };
}
