import type { Problem } from '#contracts';
import type { Stage as CustomStage } from '../extension/stage-api.js';
import type { Decision, Phases, Reply, Stage } from '../exchange/stage.js';
import type { StageExchange } from '../exchange/exchange-state.js';
import { upstreamTimeout } from '../exchange/problems.js';
import { timeLimitOf } from '../resilience/time-limit.js';
import { checkedReply } from './checked-reply.js';

/** Whether a value is a promise, possibly of another library. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';

/** Without a handler, a rejection would end the process. */
export const ignoreRejection = (promise: PromiseLike<unknown>): void =>
  void promise.then(undefined, () => undefined);

/**
 * Surrounds a stage of a program, which may be no TypeScript, with checks of what its hooks return. A mistake is thrown
 * as a TypeError, like an error of the hook itself. The result has the hooks of the stage, and no others.
 * @param onError called once if hooks without a result return promises
 */
export function guarded(stage: CustomStage, onError: Phases['onError']): Stage {
  const settled = reportOnce(stage.name, onError);
  return {
    name: stage.name,
    withheld: stage.withheld,
    ...(stage.request && { request: requestOf(stage) }),
    ...(stage.upstreamRequest && {
      upstreamRequest: (exchange, request) => settled(stage.upstreamRequest?.(exchange, request), exchange),
    }),
    ...(stage.upstreamResponse && { upstreamResponse: upstreamResponseOf(stage) }),
    ...(stage.response && {
      response: (exchange, response) => settled(stage.response?.(exchange, response), exchange),
    }),
    ...(stage.observesBody && {
      observesBody: (exchange) => {
        const observes = stage.observesBody?.(exchange);
        settled(observes, exchange);
        return observes ?? true;
      },
    }),
    ...(stage.responseBody && {
      responseBody: (exchange, bytes) => settled(stage.responseBody?.(exchange, bytes), exchange),
    }),
    ...(stage.complete && {
      complete: (exchange, passed) => settled(stage.complete?.(exchange, passed), exchange),
    }),
    ...(stage.preview && { preview: previewOf(stage) }),
  };
}

/** Handles promises that hooks return by mistake, and reports the first of them. */
function reportOnce(
  name: string,
  onError: Phases['onError'],
): (returned: unknown, exchange: StageExchange) => void {
  let isReported = false;
  return (returned, exchange) => {
    if (!isThenable(returned)) return;
    ignoreRejection(returned);
    if (isReported) return;
    isReported = true;
    const message = `a hook of stage "${name}" has returned a promise, which is ignored; it must be synchronous`;
    onError(new TypeError(message), exchange);
  };
}

function requestOf(stage: CustomStage): NonNullable<Stage['request']> {
  const hook = `request of stage "${stage.name}"`;
  const checked = (returned: unknown): Decision => checkedReply(returned, hook);
  return (exchange) => {
    const returned: unknown = stage.request?.(exchange);
    return isThenable(returned) ? decisionInTime(exchange, returned).then(checked) : checked(returned);
  };
}

/** What `pending` resolves to, or a problem at the time limit of the exchange, if it has one. */
async function decisionInTime(exchange: StageExchange, pending: PromiseLike<unknown>): Promise<unknown> {
  const limitMs = timeLimitOf(exchange, exchange.route?.policy.timeouts.totalMs ?? 0);
  if (limitMs === undefined) return pending;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Problem>((resolve) => {
    timer = setTimeout(
      () => resolve(upstreamTimeout('the request exceeded the timeout of the route or of the client')),
      exchange.startedAt + limitMs - performance.now(),
    );
  });
  try {
    return await Promise.race([pending, late]);
  } finally {
    clearTimeout(timer);
  }
}

function upstreamResponseOf(stage: CustomStage): NonNullable<Stage['upstreamResponse']> {
  const hook = `upstreamResponse of stage "${stage.name}"`;
  return (exchange, response) => {
    const returned: unknown = stage.upstreamResponse?.(exchange, response);
    if (isThenable(returned)) {
      ignoreRejection(returned);
      throw new TypeError(`${hook} has returned a promise; it must be synchronous`);
    }
    return checkedReply(returned, hook) as Reply | undefined;
  };
}

const previewOf =
  (stage: CustomStage): Required<Stage>['preview'] =>
  (request) =>
    (stage as Required<CustomStage>).preview(request);
