import type { StageExchange } from '../../../exchange/exchange-state.js';
import { StageSlot, type Stage, type UpstreamResponse } from '../../../exchange/stage.js';
import type { CapturedResponse } from './captured-response.js';

/** The response of an exchange that is compared. */
export const CAPTURED = new StageSlot<CapturedResponse>();

/** Captures the responses that are compared, of requests and of their copies. */
export class CaptureStage implements Stage {
  readonly name = 'capture';

  upstreamResponse(exchange: StageExchange, response: UpstreamResponse): undefined {
    CAPTURED.get(exchange)?.begin(response);
  }

  observesBody(exchange: StageExchange): boolean {
    return CAPTURED.get(exchange)?.isComparable ?? false;
  }

  responseBody(exchange: StageExchange, bytes: Buffer): void {
    CAPTURED.get(exchange)?.add(bytes);
  }
}
