import { sizes } from '../../config/file-form.js';
import { mapping, required, scalar } from '../shapes.js';

const MAX_BODY_BYTES = 1024 ** 4;

/** Limits of requests. */
export const LIMITS = mapping({
  requestBody: required(scalar(sizes(0, MAX_BODY_BYTES)), {
    en: 'Maximum size of a request body, without its transfer coding.',
    ko: '요청 본문의 최대 크기. 전송 코딩은 제외합니다.',
  }),
});
