import { CacheControl } from './cache-control.js';
import type { FieldLines } from './field-lines.js';

// Members of a dictionary of structured fields (RFC 9651, section 3.2).
const KEY = '[a-z*][a-z\\d_\\-.*]*';
const INTEGER = '-?\\d{1,15}';
const OTHER = [
  '-?\\d{1,12}\\.\\d{1,3}',
  '"(?:[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\["\\\\])*"',
  "[A-Za-z*][!#$%&'*+\\-.^_`|~:/\\w]*",
  ':[A-Za-z\\d+/=]*:',
  '\\?[01]',
].join('|');
const PARAMETERS = `(?:; *${KEY}(?:=(?:${INTEGER}|${OTHER}))?)*`;
const END = '(?:[ \\t]*,[ \\t]*(?!$)|[ \\t]*$)';
const MEMBER = new RegExp(
  `(${KEY})(?:=(?:(${INTEGER})(?![\\d.])|(${OTHER}|\\([^()]*\\))))?(${PARAMETERS})${END}`,
  'y',
);

/** Directives with a number of seconds. */
const SECONDS: ReadonlySet<string> = new Set([
  'max-age',
  's-maxage',
  'stale-if-error',
  'stale-while-revalidate',
]);

/**
 * The fields for caches that work for a service, as this one does (RFC 9213; Edge Architecture Specification, section 2),
 * in order of precedence. In the older one, the parameter of a directive names the cache that it is for.
 */
const TARGETED = [
  { name: 'cdn-cache-control', hasTargets: false },
  { name: 'surrogate-control', hasTargets: true },
];

/** The directives for this cache: those of the first valid field for it, or else of `Cache-Control` (RFC 9213, section 2.2). */
export function effectiveControl(fields: FieldLines): CacheControl {
  for (const { name, hasTargets } of TARGETED) {
    const control = parseTargeted(fields.get(name), hasTargets);
    if (control) return control;
  }
  return CacheControl.parse(fields.get('cache-control'));
}

/** `undefined`: the field is absent, empty or invalid. */
function parseTargeted(value: string | undefined, hasTargets: boolean): CacheControl | undefined {
  if (!value) return undefined;
  const directives = new Map<string, readonly (string | undefined)[]>();
  for (let at = 0; at < value.length; at = MEMBER.lastIndex) {
    MEMBER.lastIndex = at;
    const [, name, integer, other, parameters] = MEMBER.exec(value) ?? [];
    if (name === undefined || (SECONDS.has(name) && integer === undefined)) return undefined;
    const isForOthers = hasTargets && parameters !== '';
    if (isForOthers || other === '?0') directives.delete(name);
    else directives.set(name, [integer]);
  }
  return CacheControl.targeted(directives);
}
