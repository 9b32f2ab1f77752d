import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { preconditionFailed } from '#contracts';

/** The strong ETag of a version of a resource. */
export const etagOf = (version: number): string => `"${version}"`;

const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

const tagsIn = (header: string): readonly string[] => header.match(ENTITY_TAG) ?? [];

const opaque = (tag: string): string => tag.replace(/^W\//, '');

/** Whether `header` (`If-None-Match`) names this version; weak tags count (RFC 9110 section 13.1.2). */
export function matchesWeakly(header: string | undefined, version: number): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || tagsIn(header).some((tag) => opaque(tag) === etagOf(version));
}

// If-Match compares strongly: a weak tag never matches (section 13.1.1).
const matchesStrongly = (header: string, version: number): boolean =>
  header.trim() === '*' || tagsIn(header).includes(etagOf(version));

/** What a request demands of the resource that it is about to change (RFC 9110 section 13). */
export class Preconditions {
  static readonly NONE = new Preconditions({});

  constructor(private readonly headers: { 'if-match'?: string; 'if-none-match'?: string }) {}

  /** @throws Problem `precondition-failed` (412) unless a resource of this version may be changed. */
  check(version: number): void {
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = this.headers;
    const held =
      ifMatch === undefined ? !matchesWeakly(ifNoneMatch, version) : matchesStrongly(ifMatch, version);
    if (!held) throw preconditionFailed('the resource is not in the version that the request expects');
  }
}

/** Injects the {@link Preconditions} of the request. */
export const RequestPreconditions = createParamDecorator(
  (_data: unknown, context: ExecutionContext) =>
    new Preconditions(context.switchToHttp().getRequest<FastifyRequest>().headers),
);
