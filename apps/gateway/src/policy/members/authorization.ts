import { SCOPE } from '../names.js';
import {
  list,
  mapping,
  named,
  optional,
  pattern,
  refined,
  report,
  required,
  scalar,
  text,
  type ValueOf,
} from '../shapes.js';

/** A value of a claim, as text: tokens have texts, numbers and booleans. */
const claimValue = scalar({
  read: (value) =>
    typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
      ? String(value)
      : undefined,
  accepted: 'a text, number or boolean',
  schema: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
});

const consumer = text((value) => (value === '' ? undefined : value), 'the name of a consumer', {
  minLength: 1,
});

const entry = refined(
  mapping({
    scopes: optional(list(pattern(SCOPE, 'a scope: visible ASCII characters without quote and backslash')), {
      en: 'The caller has all of these scopes.',
      ko: '호출자가 이 스코프를 모두 가집니다.',
    }),
    claims: optional(named(/^[\x21-\x7e]{1,128}$/, 'the name of a claim', list(claimValue)), {
      en: 'The token has each of these claims, with one of the values.',
      ko: '토큰에 이 클레임이 모두 있고, 각각 나열한 값 가운데 하나를 가집니다.',
    }),
    consumers: optional(list(consumer), {
      en: 'The caller is one of these consumers.',
      ko: '호출자가 이 소비자 가운데 하나입니다.',
    }),
  }),
  (conditions, place) =>
    (conditions.scopes ?? conditions.consumers ?? (conditions.claims && conditions.claims.size > 0))
      ? conditions
      : report<typeof conditions>(place, `${place.path} must have "scopes", "claims" or "consumers"`),
);

/** Which authenticated callers may call: those for which an entry holds. */
export const AUTHORIZATION = mapping({
  anyOf: required(list(entry), {
    en: 'One of these entries must hold; an entry holds if all its conditions do.',
    ko: '이 항목 가운데 하나가 성립해야 합니다. 항목은 모든 조건을 만족할 때 성립합니다.',
  }),
});

/** Conditions that all hold for a caller, or the entry does not. */
export type AuthorizationEntry = ValueOf<typeof entry>;
