import { HOST_NAME } from '../names.js';
import { nearestName } from '../nearest-name.js';
import { PATH } from '../route-match.js';
import { mapping, optional, pattern, refined, report, required, type ValueOf } from '../shapes.js';

const WORDS = ['preserve', 'instance'];

const host = refined(
  pattern(HOST_NAME, 'preserve, instance, or a host name with an optional port'),
  (value, place) => {
    const word = /[.:]/.test(value) || WORDS.includes(value) ? undefined : nearestName(value, WORDS);
    return word === undefined
      ? value
      : report<string>(
          place,
          `${place.path} has the value "${value}"; did you mean "${word}"? A host of that name needs a port`,
        );
  },
);

/** What instances receive instead of what the client sent. */
export const REWRITE = refined(
  mapping({
    path: optional(
      mapping({
        replacePrefix: required(PATH, {
          en: 'Replaces the path prefix of the match; the whole path if the match is exact.',
          ko: '조건의 경로 접두사를 대체합니다. `exact` 조건이면 경로 전체를 대체합니다.',
        }),
      }),
      { en: 'Path that the instance receives.', ko: '인스턴스가 받는 경로.' },
    ),
    host: optional(host, {
      en: '`Host` that the instance receives: `instance` (default), `preserve` for that of the client, or a name.',
      ko: '인스턴스가 받는 `Host`. `instance`(기본값), 클라이언트의 값을 유지하는 `preserve`, 또는 이름.',
    }),
  }),
  (rewrite, place) =>
    (rewrite.path ?? rewrite.host) !== undefined
      ? rewrite
      : report<typeof rewrite>(place, `${place.path} must have "path" or "host"`),
);

export type RewritePolicy = ValueOf<typeof REWRITE>;
