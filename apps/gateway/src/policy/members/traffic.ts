import { wholeNumbers } from '../../config/file-form.js';
import { FIELD_NAME, repeatedName } from '../names.js';
import { list, mapping, optional, refined, report, required, scalar, type ValueOf } from '../shapes.js';
import { instanceVersion, requestKey } from '../text-shapes.js';

/** What the requests of one cohort have in common; header names are in lower case. */
export type CohortKey =
  { readonly from: 'client' | 'consumer' | 'cookie' } | { readonly from: 'header'; readonly name: string };

const MOST_WEIGHT = 1_000_000;
const KEY = /^(?:(client|consumer|cookie)|header:([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}))$/;

function keyIn(value: string): CohortKey | undefined {
  const [, from, header] = KEY.exec(value) ?? [];
  if (from !== undefined) return { from: from as 'client' | 'consumer' | 'cookie' };
  if (header === undefined || !FIELD_NAME.test(header)) return undefined;
  return { from: 'header', name: header.toLowerCase() };
}

const CLIENT: CohortKey = { from: 'client' };

const cohortKey = requestKey(keyIn, 'client, consumer, cookie or header:NAME', KEY, 'consumer');

const weightedVersion = mapping({
  version: required(instanceVersion, { en: 'Version of the instances.', ko: '인스턴스의 버전.' }),
  weight: required(scalar(wholeNumbers(0, MOST_WEIGHT)), {
    en: 'Share of the cohorts, relative to the other versions.',
    ko: '다른 버전에 대한 코호트의 상대적 비중.',
  }),
});

const versions = refined(list(weightedVersion), (entries, place) => {
  const twice = repeatedName(entries.map(({ version }) => version));
  if (twice !== undefined)
    return report<typeof entries>(place, `${place.path} has the version "${twice}" twice`);
  return entries.some(({ weight }) => weight > 0)
    ? entries
    : report<typeof entries>(place, `${place.path} must have a weight above 0`);
});

/** How requests are divided among the versions of a service. */
export const TRAFFIC = refined(
  mapping({
    versions: required(versions, {
      en: 'Versions that receive the requests; instances of others receive none.',
      ko: '요청을 받는 버전. 다른 버전의 인스턴스는 요청을 받지 않습니다.',
    }),
    cohort: optional(cohortKey, {
      en: 'Requests with the same key stay on one version. By default `client`, the client address (IPv6: its /64).',
      ko: '같은 키의 요청은 한 버전에 머뭅니다. 기본값은 클라이언트 주소인 `client`(IPv6는 /64 단위).',
    }),
  }),
  ({ cohort = CLIENT, ...others }) => ({ ...others, cohort }),
);

export type TrafficPolicy = ValueOf<typeof TRAFFIC>;
