import { isTime } from '#contracts';
import { CONSUMER_NAME, SCOPE } from './names.js';
import {
  list,
  mapping,
  NO_CONTEXT,
  optional,
  pattern,
  refined,
  report,
  required,
  scalar,
  text,
} from './shapes.js';
import type { Place, ValueOf } from './shapes.js';
import { YamlSource, type FileProblem } from './yaml-source.js';

const MAX_NAME_LENGTH = 128;

const version = scalar({
  read: (value) => (value === 1 ? value : undefined),
  accepted: '1',
  schema: { const: 1 },
});

const hash = text(
  (value) => (/^[0-9a-f]{64}$/i.test(value) ? value.toLowerCase() : undefined),
  'the SHA-256 of a key: 64 hexadecimal digits',
);

const time = text(timeOf, 'a time with its zone, such as 2030-01-31T00:00:00Z');

const label = text(
  (value) => (value.length <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(value) ? value : undefined),
  `a text of at most ${MAX_NAME_LENGTH} characters`,
);

const apiKey = mapping({
  sha256: required(hash, { en: 'SHA-256 of the key.', ko: '키의 SHA-256.' }),
  consumer: required(pattern(CONSUMER_NAME, 'a name of 1 to 128 visible ASCII characters'), {
    en: 'Whose key it is.',
    ko: '키의 소유자.',
  }),
  scopes: optional(
    list(pattern(SCOPE, 'a scope: visible ASCII characters without quote and backslash'), {
      mayBeEmpty: true,
    }),
    { en: 'Scopes of the key.', ko: '키의 스코프.' },
  ),
  expires: optional(time, { en: 'From this time on the key is refused.', ko: '이때부터 키를 거부합니다.' }),
  name: optional(label, { en: 'Note for operators.', ko: '운영자를 위한 메모.' }),
});

/** The list of keys of a keys file. */
export const API_KEYS = refined(list(apiKey, { mayBeEmpty: true }), distinct);

const keysFile = mapping({
  version: required(version, { en: 'Version of the format.', ko: '형식의 버전.' }),
  keys: required(API_KEYS, { en: 'The keys.', ko: '키 목록.' }),
});

/** A key of a keys file. `expires` is in milliseconds since the epoch. */
export type ApiKey = ValueOf<typeof apiKey>;

/** The keys of a valid file, or its problems in their order. */
export type ParsedApiKeys =
  { readonly keys: readonly ApiKey[] } | { readonly problems: readonly FileProblem[] };

/** Parses the text of a file with API keys (`keysFile` of a provider). */
export function parseApiKeys(content: string): ParsedApiKeys {
  const source = new YamlSource(content);
  const file = source.root && keysFile.read({ source, node: source.root, path: 'file', context: NO_CONTEXT });
  if (file && source.problems.length === 0) return { keys: file.keys };
  if (source.problems.length === 0) source.report(0, 'the file must have the members "version" and "keys"');
  return { problems: source.problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

/** Keys whose hashes differ: which consumer a hash stands for must not depend on the order. */
function distinct(keys: readonly ApiKey[], place: Place): readonly ApiKey[] | undefined {
  const nodes = place.source.items(place.node) ?? [];
  const first = new Map<string, number>();
  for (const [i, { sha256 }] of keys.entries()) {
    const before = first.get(sha256);
    const at = { ...place, node: nodes[i] ?? place.node };
    if (before === undefined) first.set(sha256, i);
    else report(at, `${place.path}[${i}] has the sha256 of ${place.path}[${before}]`);
  }
  return first.size === keys.length ? keys : undefined;
}

/** Milliseconds since the epoch; `undefined` for a text that is no time, such as the 30th of February. */
export function timeOf(value: string): number | undefined {
  return isTime(value) ? Date.parse(value) : undefined;
}
