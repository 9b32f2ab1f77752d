import type { RouteRewrite, StageExchange } from '../../exchange/exchange-state.js';
import type { Preview, PreviewRequest, Stage, UpstreamRequest } from '../../exchange/stage.js';

/** Sends instances another path or `Host` than the client sent. */
export class RewriteStage implements Stage {
  readonly name = 'rewrite';

  /**
   * @param path `undefined`: the path stays
   * @param host `instance`, `preserve`, or the `Host` for the instances
   */
  constructor(
    private readonly path: RouteRewrite | undefined,
    private readonly host = 'instance',
  ) {}

  upstreamRequest({ host }: StageExchange, request: UpstreamRequest): void {
    if (this.path) request.target = this.path.upstream(request.target);
    if (this.host === 'instance') return;
    // HTTP/1.0 requests may have no Host.
    request.host = this.host === 'preserve' ? (host ?? request.host) : this.host;
  }

  preview({ upstreamTarget }: PreviewRequest): Preview {
    const target = this.path?.upstream(upstreamTarget) ?? upstreamTarget;
    return {
      decision: 'continue',
      detail: `the instance receives the path ${target} and the host: ${this.host}`,
    };
  }
}
