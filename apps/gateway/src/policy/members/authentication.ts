import { CALLER_HEADERS } from '#contracts';
import { fieldName, filePath } from '../text-shapes.js';
import { durations } from '../../config/file-form.js';
import { isFixed, spelled } from '../fixed-fields.js';
import { DECLARED_NAME, repeatedName } from '../names.js';
import {
  flag,
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
  withDefault,
  word,
  type Place,
  type Shape,
  type ValueOf,
} from '../shapes.js';

/** The name of a header field in which services receive the identity. */
const identityField = refined(fieldName, (name, place) => {
  if (!isFixed(name) && name !== 'authorization') return name;
  return report<string>(
    place,
    `${place.path} must not be ${name}: it belongs to the connection, carries credentials, or the gateway sets it`,
  );
});

const isSymmetric = (algorithm: string): boolean => algorithm.startsWith('HS');

const httpUrl = text((value) => {
  try {
    const { protocol, username, password, hash } = new URL(value);
    const isPlain = username === '' && password === '' && hash === '';
    return isPlain && (protocol === 'https:' || protocol === 'http:') ? value : undefined;
  } catch {
    return undefined;
  }
}, 'an http or https URL');

const jwksSource = refined(
  mapping({
    url: optional(httpUrl, { en: 'URL of the key set.', ko: '키 집합의 URL.' }),
    refresh: withDefault(scalar(durations(10_000, 86_400_000)), 600_000, {
      en: 'Time until the key set of a URL is fetched again.',
      ko: 'URL의 키 집합을 다시 받기까지의 시간.',
    }),
    file: optional(filePath, { en: 'File with the key set.', ko: '키 집합 파일.' }),
  }),
  (source, place) =>
    (source.url === undefined) === (source.file === undefined)
      ? report(place, `${place.path} must have either "url" or "file"`)
      : source,
);

const algorithms = refined(
  list(
    word(
      ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
      ...(['ES256', 'ES384', 'ES512', 'EdDSA', 'HS256', 'HS384', 'HS512'] as const),
    ),
  ),
  (names, place) =>
    names.some(isSymmetric) && !names.every(isSymmetric)
      ? report(place, `${place.path} must not mix symmetric (HS) and asymmetric algorithms`)
      : names,
);

/** Header fields by claim. Names that a service could read as one field are equal: it would get one claim for another. */
const claimToHeaders = refined(
  named(/^[\x21-\x7e]{1,128}$/, 'the name of a claim', identityField),
  (fields, place) => {
    const repeated = repeatedName([...fields.values()].map(spelled));
    if (repeated === undefined) return fields;
    return report<typeof fields>(place, `${place.path} has two claims for the field "${repeated}"`);
  },
);

const scopesHeader = optional(identityField, {
  en: 'Header field in which the service receives the scopes of the caller, separated by spaces; empty if there are none.',
  ko: '서비스가 호출자의 스코프를 공백으로 구분해 받는 헤더. 스코프가 없으면 비어 있습니다.',
});

/** The field for scopes has no other value. @param fieldsOf the other fields that a provider sets */
const withOwnScopesField =
  <T extends { readonly scopesHeader: string | undefined }>(fieldsOf: (provider: T) => readonly string[]) =>
  (provider: T, place: Place): T | undefined => {
    const { scopesHeader: field } = provider;
    if (field === undefined || !fieldsOf(provider).map(spelled).includes(spelled(field))) return provider;
    return report(place, `${place.path}.scopesHeader must not be ${field}, which has another value`);
  };

const jwtProvider = refined(
  refined(
    mapping({
      issuer: required(
        text((value) => (value === '' ? undefined : value), 'a text', { minLength: 1 }),
        { en: 'The `iss` that tokens must have.', ko: '토큰이 가져야 하는 `iss`.' },
      ),
      audiences: required(list(text((value) => (value === '' ? undefined : value), 'a text')), {
        en: 'Tokens must have one of these in `aud`.',
        ko: '토큰의 `aud`에 이 가운데 하나가 있어야 합니다.',
      }),
      algorithms: required(algorithms, {
        en: 'Accepted signature algorithms; never taken from a token.',
        ko: '허용하는 서명 알고리즘. 토큰에서 가져오지 않습니다.',
      }),
      jwks: required(jwksSource, { en: 'The keys.', ko: '키.' }),
      clockSkew: withDefault(scalar(durations(0, 60_000)), 30_000, {
        en: 'Difference of clocks that is tolerated.',
        ko: '허용하는 시계 차이.',
      }),
      claimToHeaders: optional(claimToHeaders, {
        en: 'Claims that the service receives, each in a header field.',
        ko: '서비스가 헤더로 받는 클레임.',
      }),
      scopesHeader,
    }),
    withOwnScopesField(({ claimToHeaders }) => [...(claimToHeaders?.values() ?? [])]),
  ),
  (provider, place) =>
    provider.jwks.url !== undefined && provider.algorithms.some(isSymmetric)
      ? report(
          place,
          `${place.path}.jwks must have a "file" for symmetric (HS) algorithms: a URL would publish the secrets`,
        )
      : provider,
);

const apiKeyProvider = refined(
  mapping({
    header: withDefault(fieldName, 'x-api-key', {
      en: 'Header field with the key; removed before the request is forwarded.',
      ko: '키가 든 헤더. 요청을 전달하기 전에 제거합니다.',
    }),
    keysFile: required(filePath, {
      en: 'File with the SHA-256 of each key.',
      ko: '각 키의 SHA-256이 든 파일.',
    }),
    consumerHeader: optional(identityField, {
      en: 'Header field in which the service receives the consumer.',
      ko: '서비스가 소비자 이름을 받는 헤더.',
    }),
    scopesHeader,
  }),
  withOwnScopesField(({ consumerHeader }) => (consumerHeader === undefined ? [] : [consumerHeader])),
);

const providers = <T>(shape: Shape<T>): Shape<ReadonlyMap<string, T>> =>
  named(DECLARED_NAME, 'letters, digits, "-" and "_"', shape);

/** The authentication providers of the file. */
export const AUTHENTICATION = mapping({
  jwt: optional(providers(jwtProvider), {
    en: 'Providers of JSON Web Tokens, by name.',
    ko: 'JSON Web Token 제공자. 이름별로 적습니다.',
  }),
  apiKey: optional(providers(apiKeyProvider), {
    en: 'Providers of API keys, by name.',
    ko: 'API 키 제공자. 이름별로 적습니다.',
  }),
});

export type JwtProvider = ValueOf<typeof jwtProvider>;
export type ApiKeyProvider = ValueOf<typeof apiKeyProvider>;
export type Authentication = ValueOf<typeof AUTHENTICATION>;

/** The header fields that providers set, in lower case. */
export const identityFieldsOf = ({ jwt, apiKey }: Authentication): ReadonlySet<string> =>
  new Set([
    ...[...(jwt?.values() ?? [])].flatMap(({ claimToHeaders, scopesHeader: scopes }) => [
      ...(claimToHeaders?.values() ?? []),
      ...(scopes === undefined ? [] : [scopes]),
    ]),
    ...[...(apiKey?.values() ?? [])].flatMap(({ consumerHeader, scopesHeader: scopes }) =>
      [consumerHeader, scopes].filter((name) => name !== undefined),
    ),
  ]);

/** Whether a provider states callers to services: then no authenticated caller may look like a request without identity. */
export const statesCallers = (authentication: Authentication): boolean => {
  const fields = identityFieldsOf(authentication);
  return CALLER_HEADERS.some((name) => fields.has(name));
};

/** The header fields that carry API keys, in lower case. */
export const keyFieldsOf = ({ apiKey }: Authentication): ReadonlySet<string> =>
  new Set([...(apiKey?.values() ?? [])].map(({ header }) => header));

/**
 * The fields, in lower case, that are removed from the requests of clients. Services read {@link CALLER_HEADERS} also where
 * no provider sets them: a caller must not add a scope to its identity.
 */
export function withheldFieldsOf(authentication: Authentication): readonly string[] {
  const { jwt, apiKey } = authentication;
  const hasProviders = [jwt, apiKey].some((providers) => providers && providers.size > 0);
  const reserved = hasProviders ? CALLER_HEADERS : [];
  return [...new Set([...identityFieldsOf(authentication), ...keyFieldsOf(authentication), ...reserved])];
}

const providerName: Shape<string> = refined(
  pattern(DECLARED_NAME, 'the name of a provider'),
  (name, place) =>
    place.context.providers.has(name)
      ? name
      : report(
          place,
          `${place.path} refers to the unknown provider ${JSON.stringify(name)}; ${
            place.context.providers.size > 0
              ? `the file has ${[...place.context.providers].join(', ')}`
              : 'the file has no authentication providers'
          }`,
        ),
);

/** Which callers are admitted: those that one of the providers authenticates. */
export const AUTH = mapping({
  anyOf: required(list(providerName), {
    en: 'One of these providers must accept the request.',
    ko: '이 제공자 가운데 하나가 요청을 받아들여야 합니다.',
  }),
  optional: withDefault(flag, false, {
    en: 'Requests without credentials are accepted; wrong ones are refused.',
    ko: '자격 증명이 없는 요청은 받아들이고, 잘못된 것은 거부합니다.',
  }),
});
