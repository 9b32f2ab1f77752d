import { spelled } from './fixed-fields.js';
import { DECLARED_NAME, FIELD_NAME } from './names.js';
import { pattern, refined, report, text, type Shape } from './shapes.js';

/** A path of a file, relative to the folder of the policy file. */
export const filePath = text((value) => (value === '' ? undefined : value), 'the path of a file', {
  minLength: 1,
});

/** The name of a header field, in lower case. */
export const fieldName = text(
  (value) => (FIELD_NAME.test(value) ? value.toLowerCase() : undefined),
  'the name of a header field',
  { pattern: FIELD_NAME.source },
);

/** A name that the file gives to one of its items. */
export const declaredName = pattern(
  DECLARED_NAME,
  'a name of letters, digits, "-" and "_" that begins with a letter',
);

/** What requests have in common; `header` has the name of a header field. */
interface RequestKey {
  readonly from: string;
  readonly name?: string;
}

/**
 * A key by which requests are divided. A header field that an authentication provider sets is refused.
 * @param instead the keys that such a field stands for
 */
export const requestKey = <K extends RequestKey>(
  parse: (text: string) => K | undefined,
  accepted: string,
  expression: RegExp,
  instead: string,
): Shape<K> =>
  refined(text(parse, accepted, { pattern: expression.source }), (key, place) =>
    key.from === 'header' && place.context.identityFields.has(spelled(key.name ?? ''))
      ? report<K>(
          place,
          `${place.path} names a header field that an authentication provider sets; use ${instead}`,
        )
      : key,
  );

const VERSION = /^[^\0-\x1f\x7f]{1,64}$/;

/** A version as instances register it. */
export const instanceVersion = text(
  (value) => (VERSION.test(value) ? value : undefined),
  'a version as instances register it, in quotes if it looks like a number',
  { pattern: VERSION.source },
);
