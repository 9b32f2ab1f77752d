import { INSTANCE_TOKEN_HEADER, notFound, type Problem } from '#contracts';
import type { RouteRewrite, StageExchange } from '../../exchange/exchange-state.js';
import type { Preview, PreviewRequest, Stage } from '../../exchange/stage.js';
import { pathEnd } from '../../http1/rules/target.js';
import type { InternalPaths } from './internal-paths.js';

/** Checks the token of an instance; `undefined` if the request has none. */
export type AdmitsInstance = (token: string | undefined) => boolean;

/** Replies to requests for internal paths as to unknown paths, unless a registered instance sent them. */
export class InternalPathsStage implements Stage {
  readonly name = 'internal-paths';

  constructor(
    private readonly paths: Pick<InternalPaths, 'covers'>,
    private readonly admits: AdmitsInstance,
    private readonly rewrite?: RouteRewrite,
  ) {}

  request(request: Pick<StageExchange, 'upstreamTarget' | 'header'>): Problem | undefined {
    if (!this.covers(request.upstreamTarget)) return undefined;
    return this.admits(request.header(INSTANCE_TOKEN_HEADER)) ? undefined : unknownPath();
  }

  preview(request: PreviewRequest): Preview {
    const reply = this.request(request);
    if (reply)
      return {
        decision: 'respond',
        detail: 'the path is internal; only registered instances reach it',
        reply,
      };
    const isInternal = this.covers(request.upstreamTarget);
    return {
      decision: 'continue',
      detail: isInternal ? 'a registered instance requests an internal path' : 'the path is not internal',
    };
  }

  private covers(upstreamTarget: string): boolean {
    const target = this.rewrite?.upstream(upstreamTarget) ?? upstreamTarget;
    return this.paths.covers(target.slice(0, pathEnd(target)));
  }
}

/** Like the response of a service to an unknown path. */
const unknownPath = (): Problem => notFound('no resource exists at this path');
