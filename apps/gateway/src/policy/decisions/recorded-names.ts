import { INSTANCE_TOKEN_HEADER } from '#contracts';
import type { AuthorizationEntry } from '../members/authorization.js';
import type { RateLimit } from '../members/rate-limits.js';
import type { DeclaredMembers } from '../declared-members.js';
import type { PolicyFile } from '../policy-file.js';
import { providerDigests, type ProviderDigests } from './provider-digests.js';

/** What decisions by a policy file depend on, beside method and path of requests. Header names are in lower case. */
export interface RecordedNames {
  /** Fields with credentials. The record has their presence, never their value. */
  readonly credentials: readonly string[];
  /** Fields whose values routes and rate limits depend on. */
  readonly fields: readonly string[];
  /** Routes depend on the query. */
  readonly hasQuery: boolean;
  /** Claims that authorization and rate limits depend on. */
  readonly claims: ReadonlySet<string>;
  readonly providers: ReadonlyMap<string, ProviderDigests>;
}

export const AUTHORIZATION_FIELD = 'authorization';

/**
 * An `Authorization` that names the scheme of tokens, whether or not it has a valid one; also in one of several fields,
 * which are joined by ", ".
 */
export const NAMES_BEARER = /(?:^|,)[ \t]*bearer(?:[ \t,]|$)/i;

/** Fields that make a CORS preflight. */
export const PREFLIGHT_FIELDS = ['origin', 'access-control-request-method'];

/** Claims with the issuer and the audience of a token. */
export const TOKEN_CLAIMS = ['iss', 'aud'];

export function recordedNamesOf(file: PolicyFile): RecordedNames {
  const routes = [...file.routes.values()].flat();
  const levels = [file.defaults, ...file.services.values(), ...routes.map(({ members }) => members)];
  const keys = levels.flatMap(rateLimitsIn).map(({ key }) => key);
  const named = (from: string): string[] =>
    keys.flatMap((key) => ('name' in key && key.from === from ? key.name : []));
  const matched = routes.flatMap(({ match }) => [...(match.headers?.keys() ?? [])]);
  const credentials = [AUTHORIZATION_FIELD, INSTANCE_TOKEN_HEADER, ...file.keyFields];
  const fields = new Set([...matched.map((name) => name.toLowerCase()), ...named('header')]);
  for (const name of [...credentials, ...PREFLIGHT_FIELDS]) fields.delete(name);
  const conditions = levels.flatMap(authorizationIn).flatMap(({ claims }) => [...(claims?.keys() ?? [])]);
  return {
    credentials,
    fields: [...fields],
    hasQuery: routes.some(({ match }) => match.query !== undefined),
    claims: new Set([...conditions, ...named('claim')]),
    providers: providerDigests(file.providerTexts),
  };
}

/** The entries of `authorization` at one level of the file. */
export function authorizationIn(members: DeclaredMembers): readonly AuthorizationEntry[] {
  const value = valueOf(members, 'authorization') as { anyOf?: readonly AuthorizationEntry[] } | undefined;
  return value?.anyOf ?? [];
}

function rateLimitsIn(members: DeclaredMembers): readonly RateLimit[] {
  const value = valueOf(members, 'rateLimits');
  return Array.isArray(value) ? (value as readonly RateLimit[]) : [];
}

function valueOf(members: DeclaredMembers, name: string): unknown {
  const found = members.get(name);
  return found && 'value' in found ? found.value : undefined;
}
