import { INSTANCE_TOKEN_HEADER } from '#contracts';
import { REGISTRY_TOKEN_SCHEME, type ServiceTable } from '../discovery/index.js';
import type { PolicySources, RoutePlan } from '../policy/index.js';
import type { RouteMatch } from '../policy/route-match.js';
import type { JsonObject } from './openapi.js';

/** Alternatives of a security requirement: one of them must be met. */
export type Requirements = readonly JsonObject[];

const INSTANCE_TOKEN_SCHEME = 'instanceToken';

/** The schemes of the gateway's own endpoints. */
const OWN_SCHEMES: JsonObject = {
  [REGISTRY_TOKEN_SCHEME]: {
    type: 'http',
    scheme: 'bearer',
    description:
      'The `REGISTRY_TOKEN` of the gateway. Without one, requests from its own machine need no token.',
  },
  [INSTANCE_TOKEN_SCHEME]: {
    type: 'apiKey',
    in: 'header',
    name: INSTANCE_TOKEN_HEADER,
    description:
      'The token that an instance receives when it registers; admits to internal paths of services.',
  },
};

/** Requirement of the proxied paths of the gateway's own document. */
export const PROXIED_REQUIREMENT: Requirements = [{}, { [INSTANCE_TOKEN_SCHEME]: [] }];

/** Names of service documents contain a dot, so this one belongs to no service. */
const schemeOf = (provider: string): string => `provider-${provider}`;

/** The security schemes of the gateway: its tokens, and the authentication providers of the policy file. */
export function securitySchemes({ file }: PolicySources): JsonObject {
  const schemes = { ...OWN_SCHEMES } as Record<string, JsonObject>;
  for (const [name, { issuer }] of file?.current.authentication.jwt ?? [])
    schemes[schemeOf(name)] = {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: `A token of ${issuer}.`,
    };
  for (const [name, { header }] of file?.current.authentication.apiKey ?? [])
    schemes[schemeOf(name)] = { type: 'apiKey', in: 'header', name: header };
  return schemes;
}

/**
 * The credentials that the policy of a service requires of an operation; `undefined`: none. Routes that depend on header
 * fields or the query are not considered: a document does not know them.
 */
export function requirementsOf(
  policies: PolicySources,
  table: ServiceTable,
  service: string,
): (method: string, path: string) => Requirements | undefined {
  const plan = policies.planOf(service, table);
  const routes = plan?.routes.filter(({ match }) => !match.headers && !match.query) ?? [];
  return (method, path) => {
    const route = routes.find(({ match }) => covers(match, method.toUpperCase(), path)) ?? plan?.base;
    return route && requirementsOfRoute(route);
  };
}

const covers = ({ methods, path: expected }: RouteMatch, method: string, path: string): boolean =>
  (!methods || methods.includes(method)) &&
  (!expected ||
    path === expected.path ||
    (!expected.isExact && path.startsWith(`${expected.path.replace(/\/$/, '')}/`)));

function requirementsOfRoute({ members: { auth } }: RoutePlan): Requirements | undefined {
  if (!auth) return undefined;
  const providers = auth.anyOf.map((name) => ({ [schemeOf(name)]: [] }));
  return auth.optional ? [...providers, {}] : providers;
}
