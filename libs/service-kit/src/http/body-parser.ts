import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { malformedBody, validationFailed } from '#contracts';

/** Bodies beyond this many bytes are refused with 413. */
export const BODY_LIMIT = 1024 * 1024;

const MEDIA_TYPES = ['application/json', 'application/merge-patch+json'];

// `__proto__` would replace the prototype of what it is merged into; a reviver sees every key that was sent.
function refusePrototypes(key: string, value: unknown): unknown {
  if (key === '__proto__') throw malformedBody('the body has a member "__proto__"');
  if (key === 'constructor' && typeof value === 'object')
    throw malformedBody('the body has an object "constructor"');
  return value;
}

/** Reads JSON strictly: valid UTF-8, an object, no member that would change a prototype. */
export function parseJson(body: Buffer): object {
  if (body.length === 0) throw malformedBody('the body is empty');
  if (!isUtf8(body)) throw malformedBody('the body is not valid UTF-8');
  const value = parse(body.toString('utf8'));
  // Nest's validation would take `null` for an empty object, and so for a patch that changes nothing.
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  const errors = [{ pointer: '', detail: 'must be a JSON object' }];
  throw validationFailed('the body is not a JSON object', { errors });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text, refusePrototypes) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) throw malformedBody('the body is not valid JSON', { cause: error });
    throw error;
  }
}

/** Makes JSON the only thing that endpoints read. */
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
