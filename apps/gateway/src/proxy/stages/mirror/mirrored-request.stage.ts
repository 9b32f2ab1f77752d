import type { StageExchange } from '../../exchange/exchange-state.js';
import type { Stage, UpstreamRequest } from '../../exchange/stage.js';
import { MIRRORED_BY, type MirrorMark } from './mirror-mark.js';

/** Marks the copies of requests. */
export class MirroredRequestStage implements Stage {
  readonly name = 'mirrored-request';

  constructor(private readonly mark: MirrorMark) {}

  upstreamRequest(_copy: StageExchange, { fields }: UpstreamRequest): void {
    fields.set(MIRRORED_BY, this.mark.value);
  }
}
