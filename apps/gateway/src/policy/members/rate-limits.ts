import { durations, wholeNumbers } from '../../config/file-form.js';
import { FIELD_NAME, repeatedName } from '../names.js';
import {
  flag,
  list,
  mapping,
  optional,
  refined,
  report,
  required,
  scalar,
  withDefault,
  word,
  type ValueOf,
} from '../shapes.js';
import { declaredName, requestKey } from '../text-shapes.js';

/** What requests have in common that share one bucket of a limit; header names are in lower case. */
export type RateLimitKey =
  | { readonly from: 'client' | 'consumer' | 'service' }
  | { readonly from: 'header' | 'claim'; readonly name: string };

const MOST_REQUESTS = 1_000_000_000;
/** Requests times milliseconds are exact numbers, also if gateways together exceed a burst several times. */
const MOST_DEBT = Number.MAX_SAFE_INTEGER / 8;
const LONGEST_PERIOD_MS = 86_400_000;

const KEY =
  /^(?:(client|consumer|service)|header:([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128})|claim:([\x21-\x7e]{1,128}))$/;

function keyIn(value: string): RateLimitKey | undefined {
  const [, from, header, claim] = KEY.exec(value) ?? [];
  if (from !== undefined) return { from: from as 'client' | 'consumer' | 'service' };
  if (header !== undefined && FIELD_NAME.test(header)) return { from: 'header', name: header.toLowerCase() };
  return claim === undefined ? undefined : { from: 'claim', name: claim };
}

const CLIENT: RateLimitKey = { from: 'client' };

const limitKey = requestKey(
  keyIn,
  'client, consumer, service, header:NAME or claim:NAME',
  KEY,
  'consumer or claim:NAME',
);

const amount = scalar(wholeNumbers(1, MOST_REQUESTS));

const members = mapping({
  name: required(declaredName, {
    en: 'Name of the limit in responses and metrics.',
    ko: '응답과 메트릭에 쓰이는 제한의 이름.',
  }),
  requests: required(amount, {
    en: 'Number of requests in `per`.',
    ko: '`per` 동안 허용하는 요청 수.',
  }),
  per: required(scalar(durations(1, LONGEST_PERIOD_MS)), { en: 'The period.', ko: '기간.' }),
  burst: optional(amount, {
    en: 'How many may come at once; by default `requests`.',
    ko: '한꺼번에 올 수 있는 요청 수. 기본값은 `requests`.',
  }),
  key: optional(limitKey, {
    en: 'Requests with the same key share the limit. By default `client`, the client address (IPv6: its /64).',
    ko: '같은 키의 요청이 제한을 함께 씁니다. 기본값은 클라이언트 주소인 `client`(IPv6는 /64 단위).',
  }),
  cost: withDefault(amount, 1, {
    en: 'How many requests one request counts as.',
    ko: '요청 하나를 몇 개로 셀지 정합니다.',
  }),
  shared: withDefault(flag, false, {
    en: 'All gateways on one Redis enforce the limit together.',
    ko: '같은 Redis를 쓰는 모든 게이트웨이가 제한을 함께 적용합니다.',
  }),
  shadow: withDefault(flag, false, {
    en: 'Requests above the limit are counted and not refused.',
    ko: '제한을 넘는 요청을 세기만 하고 거부하지 않습니다.',
  }),
  onStoreDown: optional(word('local', 'open', 'closed'), {
    en: 'While Redis is unavailable, a shared limit is divided among the gateways (`local`, the default), not enforced (`open`), or its requests are refused with 503 (`closed`).',
    ko: 'Redis를 쓸 수 없는 동안 공유 제한을 게이트웨이 수로 나누거나(`local`, 기본값), 적용하지 않거나(`open`), 요청을 503으로 거부합니다(`closed`).',
  }),
});

const rateLimit = refined(members, ({ burst, key, onStoreDown, ...others }, place) => {
  const limit = {
    ...others,
    burst: burst ?? others.requests,
    key: key ?? CLIENT,
    onStoreDown: onStoreDown ?? 'local',
  };
  if (limit.cost > limit.burst)
    return report<typeof limit>(place, `${place.path} has a cost above its burst (${limit.burst})`);
  if (limit.burst * limit.per > MOST_DEBT)
    return report<typeof limit>(
      place,
      `${place.path} has too large a burst for its period (at most ${Math.floor(MOST_DEBT / limit.per)})`,
    );
  if (onStoreDown !== undefined && !limit.shared)
    return report<typeof limit>(place, `${place.path} has "onStoreDown" without "shared: true"`);
  return limit;
});

/** How many requests are admitted in a period. */
export const RATE_LIMITS = refined(list(rateLimit), (limits, place) => {
  const twice = repeatedName(limits.map(({ name }) => name));
  return twice === undefined
    ? limits
    : report<typeof limits>(place, `${place.path} has two limits with the name "${twice}"`);
});

/** Periods in milliseconds. */
export type RateLimit = ValueOf<typeof rateLimit>;

/** Whether the key of a limit depends on the identity of the caller. */
export const needsIdentity = ({ key }: RateLimit): boolean => key.from === 'consumer' || key.from === 'claim';
