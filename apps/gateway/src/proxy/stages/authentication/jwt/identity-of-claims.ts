import type { JWTPayload } from 'jose';
import type { Identity } from '../../../exchange/exchange-state.js';
import { markedAsCaller } from '../caller-mark.js';
import { scopeField } from '../scope-field.js';

/** How claims become an identity. */
export interface ClaimMapping {
  readonly provider: string;
  /** Names of header fields, in lower case, by claim. */
  readonly fields: ReadonlyMap<string, string>;
  /** Name of the field for the scopes, in lower case. */
  readonly scopesField: string | undefined;
  /** Whether the caller is {@link markedAsCaller}. */
  readonly statesCallers: boolean;
}

/** The claims that name the caller, the first that is present. */
const CONSUMER_CLAIMS = ['sub', 'client_id', 'azp'];

/** No control characters, and no space at the ends, which recipients would remove (RFC 9110, section 5.5). */
const FIELD_TEXT = /^(?![ \t])[^\x00-\x1f\x7f]*(?<![ \t])$/;

/**
 * The identity that verified claims stand for.
 * @returns `undefined` if the consumer, or a claim that services receive, cannot be the value of a field
 */
export function identityOfClaims(
  claims: JWTPayload,
  { provider, fields, scopesField, statesCallers }: ClaimMapping,
): Identity | undefined {
  const consumer = CONSUMER_CLAIMS.map((name) => claimOf(claims, name)).find(
    (value) => typeof value === 'string' && value !== '',
  );
  if (consumer !== undefined && fieldValueOf(consumer) === undefined) return undefined;
  const values = new Map<string, string>();
  for (const [claim, field] of fields) {
    const value = claimOf(claims, claim);
    if (value === undefined || value === null) continue;
    const text = fieldValueOf(value);
    if (text === undefined) return undefined;
    values.set(field, text);
  }
  const scopes = scopesOf(claims);
  if (scopesField !== undefined) values.set(scopesField, scopeField(scopes));
  return {
    consumer: (consumer ?? '') as string,
    provider,
    scopes,
    claims,
    fields: statesCallers ? markedAsCaller(values) : values,
  };
}

const claimOf = (claims: JWTPayload, name: string): unknown =>
  Object.hasOwn(claims, name) ? claims[name] : undefined;

/** A text, number or boolean as the value of a field: UTF-8, one character per byte. */
function fieldValueOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const text = String(value);
  return FIELD_TEXT.test(text) ? Buffer.from(text).toString('latin1') : undefined;
}

/** The scopes of `scope` (RFC 8693, section 4.2), or of `scp`, a text or a list. */
function scopesOf(claims: JWTPayload): readonly string[] {
  const declared = claimOf(claims, 'scope') ?? claimOf(claims, 'scp');
  if (typeof declared === 'string') return declared.split(' ').filter((scope) => scope !== '');
  if (!Array.isArray(declared)) return [];
  return declared.filter((scope: unknown): scope is string => typeof scope === 'string' && scope !== '');
}
