import { durations, sizes } from '../../config/file-form.js';
import { spelled } from '../fixed-fields.js';
import {
  either,
  flag,
  list,
  mapping,
  optional,
  pattern,
  refined,
  report,
  required,
  scalar,
  text,
  withDefault,
  word,
  type ValueOf,
} from '../shapes.js';
import { fieldName } from '../text-shapes.js';

const LONGEST_MS = 365 * 86_400_000;
const MAX_OBJECT_BYTES = 1024 ** 3;

/** What a response can be purged by: safe in a comma-separated list. */
export const TAG = /^[\x21-\x2b\x2d-\x7e]{1,128}$/;

const duration = scalar(durations(0, LONGEST_MS));

const keyHeaders = refined(list(fieldName), (names, place) => {
  const set = names.find((name) => place.context.identityFields.has(spelled(name)));
  return set === undefined
    ? names
    : report<typeof names>(place, `${place.path} names ${set}, which an authentication provider sets`);
});

const key = mapping({
  query: withDefault(
    either(
      'scalar',
      word('all'),
      list(text((value) => value || undefined, 'the name of a query parameter', { minLength: 1 })),
    ),
    'all',
    {
      en: 'Parameters that distinguish responses; services receive no others. `all`: the query as sent.',
      ko: '응답을 구별하는 매개변수. 서비스는 다른 매개변수를 받지 않습니다. `all`이면 보낸 쿼리 그대로입니다.',
    },
  ),
  headers: optional(keyHeaders, {
    en: 'Request fields that distinguish responses, beside those that `Vary` names.',
    ko: '`Vary`가 가리키는 필드 외에 응답을 구별하는 요청 필드.',
  }),
});

/** Responses that the gateway keeps and sends again (RFC 9111). */
export const CACHE = mapping({
  enabled: required(flag, {
    en: 'Whether responses are stored and used again.',
    ko: '응답을 저장하고 재사용할지 여부.',
  }),
  ttl: optional(duration, {
    en: 'How long responses with status 200, 301 or 404 are fresh, instead of what they say; they may still forbid storage.',
    ko: '상태가 200, 301, 404인 응답의 유효 시간. 응답이 말하는 시간을 대체합니다. 저장을 금지하는 응답은 그대로 저장하지 않습니다.',
  }),
  maxObject: withDefault(scalar(sizes(1, MAX_OBJECT_BYTES)), 1024 ** 2, {
    en: 'Maximum size of a stored body; larger ones pass.',
    ko: '저장하는 본문의 최대 크기. 더 큰 본문은 그대로 통과합니다.',
  }),
  key: optional(key, {
    en: 'What distinguishes responses beside scheme, host, path and route.',
    ko: '스킴, 호스트, 경로, 라우트 외에 응답을 구별하는 것.',
  }),
  staleWhileRevalidate: optional(duration, {
    en: 'How long a stale response is used while it is fetched again, if the response does not say.',
    ko: '다시 가져오는 동안 오래된 응답을 사용하는 시간. 응답이 정하지 않은 경우에 적용됩니다.',
  }),
  staleIfError: optional(duration, {
    en: 'How long a stale response is used while the service fails, if the response does not say.',
    ko: '서비스가 실패하는 동안 오래된 응답을 사용하는 시간. 응답이 정하지 않은 경우에 적용됩니다.',
  }),
  tags: optional(list(pattern(TAG, 'a tag of ASCII characters without spaces and commas')), {
    en: 'Names by which all responses of the route can be purged, beside those in their field `Cache-Tag`.',
    ko: '라우트의 모든 응답을 지울 때 쓰는 이름. 응답의 `Cache-Tag` 필드에 있는 이름에 더해집니다.',
  }),
});

export type CachePolicy = ValueOf<typeof CACHE>;
