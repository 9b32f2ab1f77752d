import { Problem } from '#contracts';
import type { Exchange } from '../exchange/exchange.js';
import { unexpectedError } from '../exchange/problems.js';
import type { Recorder } from '../exchange/recorder.js';
import type { Route } from '../exchange/route.js';
import type { Decision, With } from '../exchange/stage.js';
import type { Forward } from '../forward/forward.js';
import { completeStages } from './phases.js';

/** Sets the route and the upstream target of an exchange. */
export interface RequestRouter {
  match(exchange: Exchange): Route | Problem;
}

/** Dependencies of a pipeline. */
export interface PipelineParts<E extends Exchange> {
  readonly router: RequestRouter;
  readonly forward: Pick<Forward<E>, 'start' | 'abort'>;
  readonly recorder: Recorder;
  /** Called for unexpected errors. */
  readonly onError: (error: unknown, exchange: Exchange) => void;
}

/**
 * Takes an exchange through routing, the `request` phase and forwarding, and ends it with the `complete` phase.
 * Synchronous until a stage has to wait.
 */
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
      else this.request(exchange, route.phases.request, 0);
    } catch (error) {
      this.fail(exchange, error);
    }
  }

  /** Ends `exchange`. The data plane calls it once the client has the complete response or has disconnected. */
  end(exchange: E): void {
    if (exchange.isOver) return;
    exchange.isOver = true;
    this.parts.forward.abort(exchange);
    completeStages(exchange, exchange.stagesPassed);
    this.parts.recorder.ended(exchange);
  }

  private request(exchange: E, stages: readonly With<'request'>[], from: number): void {
    for (let i = from; i < stages.length; i += 1) {
      const decision = stages[i]?.request(exchange);
      if (decision instanceof Promise) {
        this.resume(exchange, stages, i + 1, decision);
        return;
      }
      if (decision) {
        exchange.reply(decision);
        return;
      }
      exchange.stagesPassed = i + 1;
    }
    this.parts.forward.start(exchange);
  }

  private resume(
    exchange: E,
    stages: readonly With<'request'>[],
    next: number,
    decided: Promise<Decision>,
  ): void {
    decided
      .then((decision) => {
        // The client disconnected while the stage waited; `end` has notified the stages.
        if (exchange.isOver) return;
        if (decision) {
          exchange.reply(decision);
          return;
        }
        exchange.stagesPassed = next;
        this.request(exchange, stages, next);
      })
      .catch((error: unknown) => this.fail(exchange, error));
  }

  private fail(exchange: E, error: unknown): void {
    this.parts.onError(error, exchange);
    if (!exchange.isOver) exchange.reply(unexpectedError());
  }
}
