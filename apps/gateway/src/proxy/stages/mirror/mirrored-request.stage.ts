import type { StageExchange } from '../../exchange/exchange-state.js';
import type { Stage, UpstreamRequest } from '../../exchange/stage.js';
import { VIA_NAME } from '../../http1/head/forwarding-lines.js';

/** The field by which a mirror recognises copies. */
export const MIRRORED_BY = 'x-mirrored-by';

/** Marks the copies of requests. */
export class MirroredRequestStage implements Stage {
  readonly name = 'mirrored-request';

  upstreamRequest(_copy: StageExchange, { fields }: UpstreamRequest): void {
    fields.set(MIRRORED_BY, VIA_NAME);
  }
}
