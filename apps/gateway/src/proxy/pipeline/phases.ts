import { Problem } from '#contracts';
import { pathOf } from '#service-kit';
import type { Exchange } from '../exchange/exchange.js';
import type { Route, RoutedExchange } from '../exchange/route.js';
import type { Phases, Reply, Stage, With } from '../exchange/stage.js';
import { unexpectedError } from '../exchange/problems.js';
import { EditableFields } from '../http1/head/editable-fields.js';
import { completeReply, replyLines } from '../http1/head/own-reply.js';

const hookedTo = <Hook extends keyof Stage>(stages: readonly Stage[], hook: Hook): readonly With<Hook>[] =>
  stages.filter((stage): stage is With<Hook> => stage[hook] !== undefined);

/** Sorts the stages of a route by phase. */
export function compilePhases(stages: readonly Stage[], onError: Phases['onError']): Phases {
  const request = hookedTo(stages, 'request');
  return {
    stages,
    request,
    upstreamRequest: hookedTo(stages, 'upstreamRequest'),
    response: hookedTo(stages, 'response'),
    responseBody: hookedTo(stages, 'responseBody'),
    complete: hookedTo(stages, 'complete')
      .map((stage) => ({ stage, position: request.findIndex((each) => each === stage) }))
      .reverse(),
    onError,
  };
}

/** An exchange whose response is about to be sent. */
type Replying = RoutedExchange & Pick<Exchange, 'problemCode'>;

/** The head of an attempt's request, as the `upstreamRequest` phase leaves it. */
export interface EditedRequest {
  readonly target: string;
  readonly host: string;
  /** Field lines, each with CRLF. */
  readonly lines: string;
}

/** Whether the route has stages in the `upstreamRequest` phase. */
export const editsRequest = ({ route }: RoutedExchange): boolean =>
  route !== undefined && route.phases.upstreamRequest.length > 0;

/** Runs the `upstreamRequest` phase. @throws what a stage throws */
export function editRequest(exchange: RoutedExchange, host: string, lines: string): EditedRequest {
  const phases = exchange.route?.phases;
  const { upstreamTarget: target } = exchange;
  if (!phases || phases.upstreamRequest.length === 0) return { target, host, lines };
  const fields = new EditableFields(lines);
  const request = { target, host, fields };
  for (const stage of phases.upstreamRequest) stage.upstreamRequest(exchange, request);
  return { target: request.target, host: request.host, lines: String(fields) };
}

/** The facts of a response head. */
export interface RespondingHead {
  readonly status: number;
  readonly isOwn: boolean;
  readonly isDeclined: boolean;
}

/** Whether the route has stages in the `response` phase, for callers that would have to build field lines for it. */
export const editsResponse = ({ route }: RoutedExchange): boolean =>
  route !== undefined && route.phases.response.length > 0;

/**
 * Runs the `response` phase.
 * @param lines the fields for the client, each with CRLF
 * @returns the edited lines; `undefined` if a stage threw: the response must then be replaced by a 500
 */
export function editResponse(
  exchange: RoutedExchange,
  head: RespondingHead,
  lines: string,
): string | undefined {
  const phases = exchange.route?.phases;
  if (!phases || phases.response.length === 0) return lines;
  const fields = new EditableFields(lines);
  const { status, isOwn, isDeclined } = head;
  const response = { status, isOwn, isDeclined, fields };
  try {
    for (const stage of phases.response) stage.response(exchange, response);
  } catch (error) {
    phases.onError(error, exchange);
    return undefined;
  }
  return String(fields);
}

/**
 * Runs the `response` phase for a response of the gateway, and records its problem.
 * @returns the reply and its edited field lines
 */
export function editReply(exchange: Replying, reply: Reply | Problem): readonly [Reply, string] {
  exchange.problemCode = reply instanceof Problem ? reply.code : undefined;
  const { target, requestId } = exchange;
  const complete = completeReply(reply, pathOf(target), requestId);
  const head = { status: complete.status, isOwn: true, isDeclined: false };
  const lines = editResponse(exchange, head, replyLines(complete));
  if (lines !== undefined) return [complete, lines];
  const error = unexpectedError();
  exchange.problemCode = error.code;
  const replaced = completeReply(error, pathOf(target), requestId);
  return [replaced, replyLines(replaced)];
}

/** Whether stages observe the payload of responses. */
export const observesBody = ({ route }: RoutedExchange): boolean =>
  route !== undefined && route.phases.responseBody.length > 0;

/** Runs the `responseBody` phase. A stage that throws only loses these bytes. */
export function observeBody(exchange: RoutedExchange, bytes: Buffer): void {
  const { responseBody, onError } = (exchange.route as Route).phases;
  for (const stage of responseBody)
    try {
      stage.responseBody(exchange, bytes);
    } catch (error) {
      onError(error, exchange);
    }
}

/** Runs the `complete` phase for the stages that the exchange has entered. */
export function completeStages(exchange: RoutedExchange, passed: number): void {
  const phases = exchange.route?.phases;
  if (!phases) return;
  for (const { stage, position } of phases.complete) {
    if (position > passed) continue;
    try {
      stage.complete(exchange, position < passed);
    } catch (error) {
      phases.onError(error, exchange);
    }
  }
}
