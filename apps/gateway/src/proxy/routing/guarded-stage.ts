import type { Stage as CustomStage } from '../extension/stage-api.js';
import type { Decision, Reply, Stage } from '../exchange/stage.js';
import { checkedReply } from './checked-reply.js';

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';

/** Without a handler, a rejection would end the process. */
const ignoreRejection = (promise: PromiseLike<unknown>): void =>
  void promise.then(undefined, () => undefined);

/**
 * Surrounds a stage of a program, which may be no TypeScript, with checks of what its hooks return. A mistake is thrown
 * as a TypeError, like an error of the hook itself. The result has the hooks of the stage, and no others.
 */
export const guarded = (stage: CustomStage): Stage => ({
  name: stage.name,
  withheld: stage.withheld,
  ...(stage.request && { request: requestOf(stage) }),
  ...(stage.upstreamRequest && {
    upstreamRequest: (exchange, request) => stage.upstreamRequest?.(exchange, request),
  }),
  ...(stage.upstreamResponse && { upstreamResponse: upstreamResponseOf(stage) }),
  ...(stage.response && { response: (exchange, response) => stage.response?.(exchange, response) }),
  ...(stage.observesBody && { observesBody: (exchange) => stage.observesBody?.(exchange) ?? true }),
  ...(stage.responseBody && { responseBody: (exchange, bytes) => stage.responseBody?.(exchange, bytes) }),
  ...(stage.complete && { complete: (exchange, passed) => stage.complete?.(exchange, passed) }),
  ...(stage.preview && { preview: previewOf(stage) }),
});

function requestOf(stage: CustomStage): NonNullable<Stage['request']> {
  const hook = `request of stage "${stage.name}"`;
  const checked = (returned: unknown): Decision => checkedReply(returned, hook);
  return (exchange) => {
    const returned: unknown = stage.request?.(exchange);
    return isThenable(returned) ? Promise.resolve(returned).then(checked) : checked(returned);
  };
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
