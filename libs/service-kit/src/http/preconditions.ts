import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { preconditionFailed } from '#contracts';

/**
 * The strong ETag of a resource. `detail` is the part of its state that changes without a new version, such as the
 * stock of a product. Reads are conditional on both, changes on the version alone.
 */
export const etagOf = (version: number, detail?: number): string =>
  detail === undefined ? `"${version}"` : `"${version}-${detail}"`;

const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;
const OWN_TAG = /^"(\d+)(?:-(\d+))?"$/;

const tagsIn = (header: string): readonly string[] => header.match(ENTITY_TAG) ?? [];

const opaque = (tag: string): string => tag.replace(/^W\//, '');

/** Whether `header` (`If-None-Match`) contains this ETag; weak tags match (RFC 9110 section 13.1.2). */
export function matchesWeakly(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || tagsIn(header).some((tag) => opaque(tag) === etag);
}

/** The details of the `tags` of this version; `undefined` when no tag is of this version. */
function detailsOf(tags: readonly string[], version: number): readonly number[] | undefined {
  const ours = tags.map((tag) => OWN_TAG.exec(tag)).filter((match) => match?.[1] === String(version));
  if (ours.length === 0) return undefined;
  return ours.flatMap((match) => (match?.[2] === undefined ? [] : [Number(match[2])]));
}

/** The preconditions of a request for the resource that it changes (RFC 9110 section 13). */
export class Preconditions {
  static readonly NONE = new Preconditions({});

  constructor(private readonly headers: { 'if-match'?: string; 'if-none-match'?: string }) {}

  /**
   * @returns the details (see {@link etagOf}) of the ETags that satisfy `If-Match`; empty when they have none.
   * @throws Problem `precondition-failed` (412) unless a resource of this version may be changed.
   */
  check(version: number): readonly number[] {
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = this.headers;
    // If-Match uses strong comparison: a weak tag never matches (section 13.1.1).
    const details =
      ifMatch === undefined || ifMatch.trim() === '*' ? [] : detailsOf(tagsIn(ifMatch), version);
    if (!details || (ifMatch === undefined && isExcluded(ifNoneMatch, version)))
      throw preconditionFailed(
        'the current version of the resource does not match the precondition of the request',
      );
    return details;
  }
}

function isExcluded(ifNoneMatch: string | undefined, version: number): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === '*' || detailsOf(tagsIn(ifNoneMatch).map(opaque), version) !== undefined;
}

/** Injects the {@link Preconditions} of the request. */
export const RequestPreconditions = createParamDecorator(
  (_data: unknown, context: ExecutionContext) =>
    new Preconditions(context.switchToHttp().getRequest<FastifyRequest>().headers),
);
