import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { malformedBody, validationFailed } from '#contracts';
import { inheritedNameIn } from './inherited-names.js';

/** Larger bodies, in bytes, are rejected with 413. */
export const BODY_LIMIT = 1024 * 1024;

const MEDIA_TYPES = ['application/json', 'application/merge-patch+json'];

// Later steps process bodies by recursion, and no valid body has this many levels.
const MAX_DEPTH = 32;

// Validation creates an error for each unknown member and blocks the event loop meanwhile: 60,000 take two seconds.
const MAX_VALUES = 2000;

/**
 * Parses JSON strictly: valid UTF-8, an object, limited depth, a limited number of values, no member that every
 * object inherits. An empty body counts as absent, because many clients send a media type without a body.
 */
export function parseJson(body: Buffer): object | undefined {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw malformedBody('the body is not valid UTF-8');
  const value = parse(body.toString('utf8'));
  // Nest's validation would treat `null` as an empty object, and thus as a patch that changes nothing.
  if (!isObject(value) || Array.isArray(value)) throw notAnObject();
  rejectUnsafeMembers(value);
  return value;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const notAnObject = () =>
  validationFailed('the body is not a JSON object', {
    errors: [{ pointer: '', detail: 'must be a JSON object' }],
  });

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw malformedBody('the body is not valid JSON', { cause: error });
  }
}

/** Checks every member level by level: with recursion, a body could overflow the stack. */
function rejectUnsafeMembers(body: object): void {
  let level: readonly object[] = [body];
  let values = 0;
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw malformedBody(`the body is nested deeper than ${MAX_DEPTH} levels`);
    const below: object[] = [];
    for (const value of level) {
      rejectInheritedNames(value);
      for (const inside of Object.values(value) as unknown[]) {
        values += 1;
        if (values > MAX_VALUES) throw malformedBody(`the body has more than ${MAX_VALUES} values`);
        if (isObject(inside)) below.push(inside);
      }
    }
    level = below;
  }
}

function rejectInheritedNames(value: object): void {
  const name = inheritedNameIn(value);
  if (name !== undefined) throw malformedBody(`the body must not have a member "${name}"`);
}

/** Restricts request bodies to JSON. */
export function useStrictJson(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(MEDIA_TYPES, { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}
