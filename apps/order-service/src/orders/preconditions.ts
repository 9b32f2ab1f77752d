import { preconditionFailed } from '#contracts';

/** The entity tag of a version (RFC 9110 section 8.8.3), strong: the same version is the same bytes. */
export const etagOf = (version: number): string => `"${version}"`;

const tagsOf = (header: string): string[] => header.split(',').map((tag) => tag.trim());

/** RFC 9110 section 13.1.1: strong comparison, so a weak tag matches nothing. @throws Problem `precondition-failed` */
export function requireMatch(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || ifMatch.trim() === '*' || tagsOf(ifMatch).includes(etagOf(version))) return;
  throw preconditionFailed('the resource is no longer what If-Match names; read it again');
}

/** RFC 9110 section 13.1.2: whether the client already has this version. Weak comparison. */
export const isKnown = (ifNoneMatch: string | undefined, version: number): boolean =>
  ifNoneMatch !== undefined &&
  (ifNoneMatch.trim() === '*' ||
    tagsOf(ifNoneMatch).some((tag) => tag.replace(/^W\//, '') === etagOf(version)));
