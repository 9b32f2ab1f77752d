import { FIELD_NAME } from './names.js';
import { text } from './shapes.js';

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

const VERSION = /^[^\0-\x1f\x7f]{1,64}$/;

/** A version as instances register it. */
export const instanceVersion = text(
  (value) => (VERSION.test(value) ? value : undefined),
  'a version as instances register it, in quotes if it looks like a number',
  { pattern: VERSION.source },
);
