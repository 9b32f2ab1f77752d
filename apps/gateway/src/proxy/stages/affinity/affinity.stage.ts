import type { StageExchange } from '../../exchange/exchange-state.js';
import type { Stage, StageResponse } from '../../exchange/stage.js';

/** Session affinity: sends the cookie by which the balancer recognises the client's instance. */
export class AffinityStage implements Stage {
  readonly name = 'affinity';

  response({ affinityCookie }: StageExchange, { isOwn, fields }: StageResponse): void {
    if (!isOwn && affinityCookie !== undefined) fields.append('set-cookie', affinityCookie);
  }
}
