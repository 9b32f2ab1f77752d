import { durations } from '../../config/file-form.js';
import { parseOrigin, parseOriginPattern } from '../origin.js';
import { FIELD_NAME } from '../names.js';
import {
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
  type Place,
  type Shape,
  type ValueOf,
} from '../shapes.js';

/** Matches everything; only alone, and only without credentials. */
const EVERY = '*';

/** A list of `item`, or `*` alone. */
const listOrEvery = (item: Shape<string>): Shape<readonly string[]> =>
  refined(list(item), (items, place) =>
    items.length > 1 && items.includes(EVERY) ? report(place, `${place.path} must have "*" alone`) : items,
  );

const origins = listOrEvery(
  text(
    (value) => (value === EVERY || parseOrigin(value) || parseOriginPattern(value) ? value : undefined),
    '"*", an origin without path such as https://app.example.com, or https://*.example.com for all subdomains',
  ),
);
const methods = listOrEvery(pattern(/^(?:\*|[A-Z][A-Z-]{0,31})$/, '"*" or a method in upper case'));
// `*` is a token, so the expression for names allows it.
const fieldNames = listOrEvery(pattern(FIELD_NAME, '"*" or the name of a header field'));

const LISTS = ['allowOrigins', 'allowMethods', 'allowHeaders', 'exposeHeaders'] as const;

/** Which pages of other origins may call (Fetch standard). */
export const CORS = refined(
  mapping({
    allowOrigins: required(origins, {
      en: 'Origins whose pages may call: exact ones, `https://*.example.com` for all subdomains, or `*`.',
      ko: '호출할 수 있는 페이지의 출처. 정확한 출처, 모든 하위 도메인을 뜻하는 `https://*.example.com`, 또는 `*`.',
    }),
    allowMethods: withDefault(methods, ['GET', 'HEAD', 'POST'], {
      en: 'Methods that preflights allow.',
      ko: '사전 요청이 허용하는 메서드.',
    }),
    allowHeaders: optional(fieldNames, {
      en: 'Request fields that preflights allow.',
      ko: '사전 요청이 허용하는 요청 헤더.',
    }),
    exposeHeaders: optional(fieldNames, {
      en: 'Response fields that pages may read.',
      ko: '페이지가 읽을 수 있는 응답 헤더.',
    }),
    allowCredentials: withDefault(flag, false, {
      en: 'Browsers send cookies and other credentials.',
      ko: '브라우저가 쿠키 등 자격 증명을 보냅니다.',
    }),
    maxAge: optional(scalar(durations(0, 86_400_000)), {
      en: 'How long browsers remember a preflight; without it they do for 5 s.',
      ko: '브라우저가 사전 요청의 결과를 기억하는 시간. 없으면 5초입니다.',
    }),
  }),
  (cors, place) => (cors.allowCredentials ? withoutEvery(cors, place) : cors),
);

/** With credentials, browsers take `*` for a name. */
function withoutEvery<C extends Readonly<Partial<Record<(typeof LISTS)[number], readonly string[]>>>>(
  cors: C,
  place: Place,
): C | undefined {
  const open = LISTS.filter((member) => cors[member]?.includes(EVERY));
  return open.length > 0
    ? report<C>(place, `${place.path} must not have "*" in ${open.join(', ')} with allowCredentials`)
    : cors;
}

export type CorsPolicy = ValueOf<typeof CORS>;
