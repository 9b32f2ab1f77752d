import { HOST_NAME } from '../names.js';
import {
  mapping,
  optional,
  pattern,
  refined,
  report,
  scalar,
  withDefault,
  word,
  type ValueOf,
} from '../shapes.js';

const STATUSES = [301, 302, 303, 307, 308] as const;
type RedirectStatus = (typeof STATUSES)[number];

const status = scalar<RedirectStatus>({
  read: (value) => STATUSES.find((each) => each === value),
  accepted: STATUSES.join(' or '),
  schema: { type: 'integer', enum: STATUSES },
});

/** Where clients are sent instead. */
export const REDIRECT = refined(
  mapping({
    scheme: optional(word('http', 'https'), {
      en: 'Scheme of the location; by default that of the request.',
      ko: '이동할 곳의 스킴. 기본값은 요청의 스킴입니다.',
    }),
    host: optional(pattern(HOST_NAME, 'a host name with an optional port'), {
      en: 'Host of the location; by default that of the request.',
      ko: '이동할 곳의 호스트. 기본값은 요청의 호스트입니다.',
    }),
    path: optional(pattern(/^\/(?!\/)[\x21\x22\x24-\x5b\x5d-\x7e]*$/, 'a path that begins with one "/"'), {
      en: 'Path of the location, with its query; by default path and query of the request.',
      ko: '이동할 곳의 경로와 쿼리. 기본값은 요청의 경로와 쿼리입니다.',
    }),
    status: withDefault<RedirectStatus>(status, 302, {
      en: 'Status of the response.',
      ko: '응답 상태 코드.',
    }),
  }),
  (redirect, place) =>
    (redirect.scheme ?? redirect.host ?? redirect.path) === undefined
      ? report<typeof redirect>(place, `${place.path} must have "scheme", "host" or "path"`)
      : redirect,
);

export type RedirectPolicy = ValueOf<typeof REDIRECT>;
