import type { PathMatch } from '../../../policy/route-match.js';
import { carries } from './prefix-rewrite.js';

/** Replaces the path that a route matches, for its instances, and maps paths of the instances back. */
export class PathRewrite {
  private readonly matched: string;
  private readonly isExact: boolean;
  private readonly replacement: string;

  /** @param replacement begins with "/" */
  constructor({ path, isExact }: PathMatch, replacement: string) {
    this.matched = path;
    this.isExact = isExact;
    this.replacement = isExact ? replacement : replacement.replace(/\/$/, '');
  }

  /** Path and query for the instance, of a target that the route matches. */
  upstream(target: string): string {
    const rest = target.slice(this.matched.length).replace(/^\/{2,}/, '/');
    return this.replacement === '' && !rest.startsWith('/') ? `/${rest}` : this.replacement + rest;
  }

  /** The path, with query and fragment, that leads to `path` of the instance; `undefined` if none does. */
  downstream(path: string): string | undefined {
    const { matched, replacement } = this;
    if (!carries(path, replacement)) return undefined;
    const rest = path.slice(replacement.length);
    return this.isExact && rest.startsWith('/') ? undefined : matched + rest;
  }
}
