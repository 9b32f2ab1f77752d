import { sizes } from '../../config/file-form.js';
import { serviceName } from '../route-match.js';
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
  withDefault,
  type ValueOf,
} from '../shapes.js';
import { instanceVersion } from '../text-shapes.js';

/** Bodies of waiting copies are kept in memory. */
const MAX_BODY_BYTES = 1024 * 1024;

const percentage = scalar({
  read: (value) => (typeof value === 'number' && value >= 0 && value <= 100 ? value : undefined),
  accepted: 'a number from 0 to 100',
  schema: { type: 'number', minimum: 0, maximum: 100 },
});

const receiver = refined(
  mapping({
    service: optional(serviceName, {
      en: 'Another service whose instances get the copies.',
      ko: '복사본을 받는 다른 서비스.',
    }),
    version: optional(instanceVersion, {
      en: 'A version of the service itself whose instances get the copies.',
      ko: '복사본을 받는, 같은 서비스의 다른 버전.',
    }),
  }),
  (to, place) =>
    (to.service === undefined) === (to.version === undefined)
      ? report<typeof to>(place, `${place.path} must have either "service" or "version"`)
      : to,
);

const READING: readonly string[] = ['GET', 'HEAD'];

/** Where copies of the requests go. */
export const MIRROR = refined(
  mapping({
    to: required(receiver, { en: 'What gets the copies.', ko: '복사본을 받는 대상.' }),
    percent: withDefault(percentage, 100, {
      en: 'Share of the requests that are copied, chosen at random.',
      ko: '복사하는 요청의 비율. 무작위로 고릅니다.',
    }),
    methods: optional(list(pattern(/^[A-Z][A-Z-]{0,31}$/, 'a method in upper case')), {
      en: 'Methods of the requests that are copied; by default GET and HEAD.',
      ko: '복사하는 요청의 메서드. 기본값은 GET과 HEAD입니다.',
    }),
    maxBody: withDefault(scalar(sizes(0, MAX_BODY_BYTES)), 0, {
      en: 'Maximum size of a request body; requests with longer ones are not copied.',
      ko: '요청 본문의 최대 크기. 본문이 더 긴 요청은 복사하지 않습니다.',
    }),
    compare: withDefault(flag, false, {
      en: 'Compares the responses to GET and HEAD with those of the service, without their noise.',
      ko: 'GET과 HEAD의 응답을 서비스의 응답과 비교하고, 잡음은 가려냅니다.',
    }),
    credentials: withDefault(flag, false, {
      en: 'Another service gets the credentials and the identity of the caller, too.',
      ko: '다른 서비스에도 호출자의 자격 증명과 신원을 보냅니다.',
    }),
  }),
  ({ methods, ...others }, place) => {
    const policy = { ...others, methods: methods ?? READING };
    if (policy.credentials && policy.to.version !== undefined)
      return report<typeof policy>(
        place,
        `${place.path} has "credentials", which belongs to "to.service"; a version of the service gets them anyway`,
      );
    return policy;
  },
);

export type MirrorPolicy = ValueOf<typeof MIRROR>;
