import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { wholeNumbers } from '../../config/file-form.js';
import { filePath } from '../text-shapes.js';
import {
  mapping,
  optional,
  pattern,
  refined,
  report,
  scalar,
  text,
  withDefault,
  type Place,
} from '../shapes.js';

/** A response that the gateway gives itself. */
export interface RespondPolicy {
  readonly status: number;
  readonly contentType: string;
  readonly content: Buffer;
  /** Equal for equal contents. */
  readonly digest: string;
}

const MAX_BYTES = 1024 * 1024;
/** Statuses whose responses have no content (RFC 9110). */
const WITHOUT_CONTENT = [204, 205, 304];
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
};
const PLAIN_TEXT = 'text/plain; charset=utf-8';

const mediaType = pattern(
  /^[\w.+-]{1,100}\/[\w.+-]{1,100}(?:; ?[\w-]{1,50}=[\w-]{1,50}){0,3}$/,
  'a media type, such as text/html; charset=utf-8',
);

/** A response in place of that of an instance. */
export const RESPOND = refined(
  mapping({
    status: withDefault(scalar(wholeNumbers(200, 599)), 200, {
      en: 'Status of the response.',
      ko: '응답 상태 코드.',
    }),
    contentType: optional(mediaType, {
      en: 'Media type of the content; by default by the ending of the file (`.html`, `.json`), else plain text.',
      ko: '본문의 미디어 타입. 기본값은 파일 확장자(`.html`, `.json`)에 따르며, 그 외에는 일반 텍스트입니다.',
    }),
    body: optional(
      text((value) => (Buffer.byteLength(value) <= MAX_BYTES ? value : undefined), 'a text of at most 1 MiB'),
      { en: 'The content.', ko: '본문.' },
    ),
    file: optional(filePath, {
      en: 'File with the content, UTF-8 text of at most 1 MiB. It is reloaded when it changes.',
      ko: '본문이 담긴 파일. 최대 1 MiB의 UTF-8 텍스트이며, 바뀌면 다시 읽습니다.',
    }),
  }),
  ({ status, contentType, body, file }, place): RespondPolicy | undefined => {
    if (body !== undefined && file !== undefined)
      return report(place, `${place.path} must not have both "body" and "file"`);
    if (WITHOUT_CONTENT.includes(status) && (body ?? file) !== undefined)
      return report(place, `${place.path} must have no content with the status ${status}`);
    const content = file === undefined ? (body ?? '') : contentOf(file, place);
    if (content === undefined) return undefined;
    return {
      status,
      contentType: contentType ?? CONTENT_TYPES[extname(file ?? '')] ?? PLAIN_TEXT,
      content: Buffer.from(content),
      digest: createHash('sha256').update(content).digest('hex'),
    };
  },
);

function contentOf(file: string, place: Place): string | undefined {
  const read = place.context.readFile(file);
  return 'text' in read ? read.text : report(place, `${place.path}.file: ${read.problem}`);
}
