import { registerDecorator } from 'class-validator';
import { INTERNAL_PATHS_KEY, internalPathsIn } from './internal-paths.js';
import { isLinkLocalHost } from './link-local.js';

const METADATA_PAIRS = 32;
const METADATA_CHARACTERS = 256;
const URL_CHARACTERS = 2048;
const HEALTH_PATH = /^\/(?!\/)[\x21-\x7e]{0,255}$/;

/** Creates a property decorator from a predicate; the error text is the property's name followed by `message`. */
const validator =
  (name: string, validate: (value: unknown) => boolean, message: string) =>
  (): PropertyDecorator =>
  (target, property) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: property as string,
      validator: { validate, defaultMessage: () => `$property ${message}` },
    });

// Characters that the WHATWG parser would repair (blanks, backslashes, dot segments, control characters) are
// rejected.
const ORIGIN = /^https?:\/\/[^\s\\@?#/]+\/?$/i;

function isInstanceUrl(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > URL_CHARACTERS || !ORIGIN.test(value)) return false;
  if (!URL.canParse(value)) return false;
  const { hostname, pathname, port } = new URL(value);
  return hostname !== '' && pathname === '/' && port !== '0' && !isLinkLocalHost(hostname);
}

const isPair = ([key, value]: [string, unknown]): boolean =>
  key.length > 0 &&
  key.length <= METADATA_CHARACTERS &&
  typeof value === 'string' &&
  value.length <= METADATA_CHARACTERS &&
  value.isWellFormed() &&
  key.isWellFormed();

function isMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const pairs = Object.entries(value);
  return pairs.length <= METADATA_PAIRS && pairs.every(isPair);
}

function hasInternalPaths(metadata: unknown): boolean {
  const declared = (metadata as Readonly<Record<string, unknown>> | null)?.[INTERNAL_PATHS_KEY];
  return typeof declared !== 'string' || internalPathsIn(declared) !== undefined;
}

export const IsInstanceUrl = validator(
  'isInstanceUrl',
  isInstanceUrl,
  'must be an http or https URL without user-info, path, query or fragment, and its host must not be link-local',
);

export const IsHealthPath = validator(
  'isHealthPath',
  (value) => typeof value === 'string' && HEALTH_PATH.test(value),
  'must be a path of at most 256 visible ASCII characters that starts with a single "/"',
);

export const IsMetadata = validator(
  'isMetadata',
  isMetadata,
  `must have at most ${METADATA_PAIRS} string pairs of at most ${METADATA_CHARACTERS} characters each`,
);

/** Rejects a malformed declaration: otherwise a typing error would leave an internal path open. */
export const HasInternalPaths = validator(
  'hasInternalPaths',
  hasInternalPaths,
  `has a malformed "${INTERNAL_PATHS_KEY}": expected path prefixes such as /internal, separated by commas`,
);
