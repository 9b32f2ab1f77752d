import { INSTANCE_TOKEN_HEADER, notFound, type Problem } from '#contracts';
import type { InternalPaths } from './internal-paths.js';
import type { Exchange } from '../../exchange/exchange.js';
import { pathEnd } from '../../http1/rules/target.js';
import type { Stage } from '../../exchange/stage.js';

/** Checks the token of an instance; `undefined` if the request has none. */
export type AdmitsInstance = (token: string | undefined) => boolean;

/** Replies to requests for internal paths as to unknown paths, unless a registered instance sent them. */
export class InternalPathsStage implements Stage {
  readonly name = 'guard-internal-paths';

  constructor(
    private readonly paths: InternalPaths,
    private readonly admits: AdmitsInstance,
  ) {}

  enter(exchange: Exchange): boolean {
    const refusal = this.refusalOf(exchange.upstreamTarget);
    if (!refusal || this.admits(exchange.header(INSTANCE_TOKEN_HEADER))) return true;
    exchange.reply(refusal);
    return false;
  }

  /** The response to a request without a token; `undefined` when the path is not internal. */
  refusalOf(upstreamTarget: string): Problem | undefined {
    if (!this.paths.covers(upstreamTarget.slice(0, pathEnd(upstreamTarget)))) return undefined;
    // Like the response of a service to an unknown path.
    return notFound('no resource exists at this path');
  }
}
