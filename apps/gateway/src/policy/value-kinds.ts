import { internalPathsIn } from '#contracts';
import { durations, texts, wholeNumbers } from '../config/file-form.js';
import type { FileKind, ValueKind, Wording } from '../config/metadata-setting.js';

const code = (text: string): string => `\`${text}\``;

const inCodes = (...texts: readonly string[]): Wording => {
  const joined = texts.map(code).join(', ');
  return { en: joined, ko: joined };
};

/** One of `values`. */
export function oneOf<T extends string>(...values: readonly T[]): FileKind<T> {
  const kind: ValueKind<T> = {
    read: (text) => values.find((value) => value === text),
    write: String,
    accepted: inCodes(...values),
  };
  return { ...kind, file: texts(kind, values.join(' or '), { enum: values }) };
}

/** A comma-separated list of `item`. `mayBeEmpty`: an empty text is the empty list. */
export const listOf = <T>(item: FileKind<T>, { mayBeEmpty = false } = {}): FileKind<readonly T[]> => ({
  read: (text) => {
    if (mayBeEmpty && text === '') return [];
    const values = text.split(',').map((each) => item.read(each.trim()));
    return values.includes(undefined) ? undefined : (values as T[]);
  },
  write: (values) => values.map((value) => item.write(value)).join(','),
  accepted: {
    en: `list of ${item.accepted.en}${mayBeEmpty ? '; may be empty' : ''}`,
    ko: `${item.accepted.ko}의 목록${mayBeEmpty ? '. 비워 둘 수 있음' : ''}`,
  },
  file: {
    read: (value) => {
      if (!Array.isArray(value) || (value.length === 0 && !mayBeEmpty)) return undefined;
      const values = value.map((each) => item.file.read(each));
      return values.includes(undefined) ? undefined : (values as T[]);
    },
    write: (values) => values.map((value) => item.file.write(value)),
    accepted: `a list${mayBeEmpty ? '' : ' that is not empty'}; each item: ${item.file.accepted}`,
    schema: { type: 'array', items: item.file.schema, ...(!mayBeEmpty && { minItems: 1 }) },
  },
});

/** The status of an error. */
export const errorStatus: FileKind<number> = {
  read: (text) => (/^[45]\d\d$/.test(text) ? Number(text) : undefined),
  write: String,
  accepted: { en: '400 to 599', ko: '400~599' },
  file: wholeNumbers(400, 599),
};

/** Input of the consistent hash; header names in lower case. */
export type HashKey =
  { readonly from: 'client-address' } | { readonly from: 'header' | 'cookie'; readonly name: string };

const HASH_KEY = /^(?:(client-address)|(header|cookie):([\w!#$%&'*+.^`|~-]{1,128}))$/;

const hashKeyText: ValueKind<HashKey> = {
  read: (text) => {
    const [, address, from, name = ''] = HASH_KEY.exec(text) ?? [];
    if (address !== undefined) return { from: 'client-address' };
    // Header names are looked up in lower case; cookie names are case-sensitive.
    if (from === 'header') return { from, name: name.toLowerCase() };
    return from === 'cookie' ? { from, name } : undefined;
  },
  write: (key) => (key.from === 'client-address' ? key.from : `${key.from}:${key.name}`),
  accepted: inCodes('client-address', 'header:NAME', 'cookie:NAME'),
};

export const hashKey: FileKind<HashKey> = {
  ...hashKeyText,
  file: texts(hashKeyText, 'client-address, header:NAME or cookie:NAME', { pattern: HASH_KEY.source }),
};

/** Never, after a percentile of recent times to the response head, or after a number of milliseconds. */
export type HedgeDelay = 'off' | `p${number}` | number;

const PERCENTILES = { least: 50, most: 99 };
const LONGEST_HEDGE_MS = 60_000;

const hedgeDurations = durations(1, LONGEST_HEDGE_MS);

export const hedgeDelay: FileKind<HedgeDelay> = {
  read: (text) => {
    if (text === 'off') return text;
    const [, isPercentile, digits] = /^(p?)([1-9]\d{0,4})$/.exec(text) ?? [];
    const value = Number(digits ?? NaN);
    if (isPercentile === 'p')
      return value >= PERCENTILES.least && value <= PERCENTILES.most ? `p${value}` : undefined;
    return value <= LONGEST_HEDGE_MS ? value : undefined;
  },
  write: String,
  accepted: {
    en: `\`off\`, \`p${PERCENTILES.least}\` to \`p${PERCENTILES.most}\`, 1 to ${LONGEST_HEDGE_MS} ms`,
    ko: `\`off\`, \`p${PERCENTILES.least}\`~\`p${PERCENTILES.most}\`, 1~${LONGEST_HEDGE_MS} ms`,
  },
  file: {
    read: (value) =>
      typeof value === 'string' && /^[op]/.test(value) ? hedgeDelay.read(value) : hedgeDurations.read(value),
    write: (delay) => (typeof delay === 'number' ? hedgeDurations.write(delay) : delay),
    accepted: `off, a percentile from p${PERCENTILES.least} to p${PERCENTILES.most}, or ${hedgeDurations.accepted}`,
    schema: { anyOf: [{ type: 'string', pattern: '^(?:off|p[5-9][0-9])$' }, hedgeDurations.schema] },
  },
};

/**
 * Path prefixes. An invalid list that registration failed to refuse closes the whole service: the default would leave
 * it open.
 */
export const pathPrefixes: ValueKind<readonly string[]> = {
  read: (text) => internalPathsIn(text) ?? ['/'],
  write: (prefixes) => prefixes.join(','),
  accepted: { en: 'list of path prefixes', ko: '경로 접두사의 목록' },
};
