import { internalError, Problem } from '#contracts';
import type { Exchange } from '../exchange/exchange.js';
import type { Forward } from '../forward/forward.js';
import type { Recorder } from '../exchange/recorder.js';
import type { Route } from '../exchange/route.js';
import type { Stage } from '../exchange/stage.js';

/** Sets the route and the upstream target of an exchange. */
export interface RequestRouter {
  match(exchange: Exchange): Route | Problem;
}

/** Dependencies of a pipeline. */
export interface PipelineParts<E extends Exchange> {
  readonly router: RequestRouter;
  readonly forward: Forward<E>;
  readonly recorder: Recorder;
  /** Called for unexpected errors. */
  readonly onError: (error: unknown, exchange: Exchange) => void;
}

/** Processes an exchange: routing, stages, forwarding. Synchronous until a stage has to wait. */
export class Pipeline<E extends Exchange> {
  constructor(private readonly parts: PipelineParts<E>) {}

  /**
   * Processes `exchange`, which ends with a response or when the client disconnects.
   * @param fault the fault that the data plane found; the exchange is only replied to
   */
  run(exchange: E, fault?: Problem): void {
    try {
      const route = fault ?? this.parts.router.match(exchange);
      if (route instanceof Problem) exchange.reply(route);
      else this.enter(exchange, route.stages, 0);
    } catch (error) {
      this.fail(exchange, error);
    }
  }

  /** Ends `exchange`. The data plane calls it once the client has the complete response or has disconnected. */
  end(exchange: E): void {
    if (exchange.isOver) return;
    exchange.isOver = true;
    this.parts.forward.abort(exchange);
    this.leave(exchange);
    this.parts.recorder.ended(exchange);
  }

  private enter(exchange: E, stages: readonly Stage[], from: number): void {
    for (let i = from; i < stages.length; i += 1) {
      const passage = stages[i]?.enter(exchange);
      if (passage === false) return;
      if (passage instanceof Promise) {
        this.resume(exchange, stages, i + 1, passage);
        return;
      }
      exchange.stagesPassed = i + 1;
    }
    this.parts.forward.start(exchange);
  }

  private resume(exchange: E, stages: readonly Stage[], next: number, passage: Promise<boolean>): void {
    passage
      .then((passed) => {
        if (!passed) return;
        exchange.stagesPassed = next;
        // The client may have disconnected while the stage waited; `end` has notified the preceding stages.
        if (exchange.isOver) stages[next - 1]?.leave?.(exchange);
        else this.enter(exchange, stages, next);
      })
      .catch((error: unknown) => this.fail(exchange, error));
  }

  private leave(exchange: E): void {
    const stages = exchange.route?.stages;
    stages?.[exchange.stagesPassed]?.gone?.(exchange);
    for (let i = exchange.stagesPassed - 1; i >= 0; i -= 1) stages?.[i]?.leave?.(exchange);
  }

  private fail(exchange: E, error: unknown): void {
    this.parts.onError(error, exchange);
    if (!exchange.isOver)
      exchange.reply(
        internalError('an unexpected error occurred; the gateway log has details under this request id'),
      );
  }
}
