import { Problem } from '#contracts';
import type { Instance } from '../../discovery/index.js';
import type { Exchange } from '../exchange/exchange.js';
import type { Route, RoutedExchange } from '../exchange/route.js';
import type {
  FieldNames,
  Phases,
  Reply,
  Stage,
  StageResponse,
  UpstreamResponse,
  With,
} from '../exchange/stage.js';
import { unexpectedError } from '../exchange/problems.js';
import { EditableFields } from '../http1/head/editable-fields.js';
import { withoutFields } from '../http1/head/field-lines.js';
import { HOST } from '../http1/head/grammar.js';
import { completeReply, replyLines } from '../http1/head/own-reply.js';

const hookedTo = <Hook extends keyof Stage>(stages: readonly Stage[], hook: Hook): readonly With<Hook>[] =>
  stages.filter((stage): stage is With<Hook> => stage[hook] !== undefined);

/** The fields that one of the stages withholds. */
function withheldBy(stages: readonly Stage[]): FieldNames | undefined {
  const sets = stages.flatMap(({ withheld }) => withheld ?? []);
  return sets.length > 1 ? { has: (name) => sets.some((each) => each.has(name)) } : sets[0];
}

/** Sorts the stages of a route by phase. */
export function compilePhases(stages: readonly Stage[], onError: Phases['onError']): Phases {
  const request = hookedTo(stages, 'request');
  return {
    stages,
    withheld: withheldBy(stages),
    request,
    upstreamRequest: hookedTo(stages, 'upstreamRequest'),
    upstreamResponse: hookedTo(stages, 'upstreamResponse'),
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

/** A target in origin form, without characters that end it or its line. */
const TARGET = /^\/[\x21\x22\x24-\x7e]*$/;

/** The end of a chunked request body for an instance: its trailers without the fields that stages withhold. */
export function withoutWithheld({ route }: RoutedExchange, tail: string): string {
  const withheld = route?.phases.withheld;
  return withheld && tail !== '' ? withoutFields(tail, withheld) : tail;
}

/**
 * Runs the `upstreamRequest` phase for an attempt at `instance`.
 * @param host the authority of the instance
 * @param lines the client's fields, each with CRLF
 * @throws what a stage throws; TypeError for an invalid target or host
 */
export function editRequest(
  exchange: RoutedExchange,
  instance: Instance,
  host: string,
  lines: string,
): EditedRequest {
  const phases = exchange.route?.phases;
  const { upstreamTarget: target } = exchange;
  if (!phases) return { target, host, lines };
  const passing = phases.withheld ? withoutFields(lines, phases.withheld) : lines;
  if (phases.upstreamRequest.length === 0) return { target, host, lines: passing };
  const fields = new EditableFields(passing);
  const request = { instance, target, host, fields };
  for (const stage of phases.upstreamRequest) stage.upstreamRequest(exchange, request);
  if (request.target !== target && !TARGET.test(request.target))
    throw new TypeError('invalid upstream target');
  if (request.host !== host && !HOST.test(request.host)) throw new TypeError('invalid upstream host');
  return { target: request.target, host: request.host, lines: String(fields) };
}

/**
 * Runs the `upstreamResponse` phase.
 * @returns what replaces the response: a reply of a stage, or a problem if a stage threw; `undefined`: nothing
 */
export function replaceResponse(
  exchange: RoutedExchange,
  response: UpstreamResponse,
): Reply | Problem | undefined {
  const phases = exchange.route?.phases;
  if (!phases || phases.upstreamResponse.length === 0) return undefined;
  try {
    let replacement: Reply | undefined;
    for (const stage of phases.upstreamResponse) {
      const reply = stage.upstreamResponse(exchange, response);
      replacement ??= reply;
    }
    return replacement;
  } catch (error) {
    phases.onError(error, exchange);
    return unexpectedError();
  }
}

/** The facts of a response head. */
export interface RespondingHead {
  readonly status: number;
  readonly isOwn: boolean;
  readonly isDeclined: boolean;
}

/** A response head in the phase. Its lines become editable when a stage first needs them: most stages only observe. */
class PassingResponse implements StageResponse {
  edited: EditableFields | undefined = undefined;

  constructor(
    private readonly head: RespondingHead,
    private readonly lines: string | (() => string),
  ) {}

  get status(): number {
    return this.head.status;
  }

  get isOwn(): boolean {
    return this.head.isOwn;
  }

  get isDeclined(): boolean {
    return this.head.isDeclined;
  }

  get fields(): EditableFields {
    const { lines } = this;
    return (this.edited ??= new EditableFields(typeof lines === 'string' ? lines : lines()));
  }
}

/**
 * Runs the `response` phase.
 * @param lines the fields for the client, each with CRLF, or how to make them
 * @returns the edited lines; `unchanged` if no stage needed them; `undefined` if a stage threw: the response must then
 * be replaced by a 500
 */
export function editResponse<Unchanged>(
  exchange: RoutedExchange,
  head: RespondingHead,
  lines: string | (() => string),
  unchanged: Unchanged,
): string | Unchanged | undefined {
  const phases = exchange.route?.phases;
  if (!phases || phases.response.length === 0) return unchanged;
  const response = new PassingResponse(head, lines);
  try {
    for (const stage of phases.response) stage.response(exchange, response);
    return response.edited?.toString() ?? unchanged;
  } catch (error) {
    phases.onError(error, exchange);
    return undefined;
  }
}

/**
 * Runs the phases of a response for a reply of the gateway, and records its problem.
 * @param isOwn no response of an instance led to the reply
 * @returns the reply and its edited field lines
 */
export function editReply(
  exchange: Replying,
  reply: Reply | Problem,
  isOwn = true,
): readonly [Reply, string] {
  const sent = isOwn && reply instanceof Problem ? (replaceProblem(exchange, reply) ?? reply) : reply;
  exchange.problemCode = sent instanceof Problem ? sent.code : undefined;
  const { target, requestId } = exchange;
  try {
    const complete = completeReply(sent, target, requestId);
    const head = { status: complete.status, isOwn, isDeclined: false };
    const received = replyLines(complete);
    const lines = editResponse(exchange, head, received, received);
    if (lines !== undefined) return [complete, lines];
  } catch (error) {
    // A stage has made a reply with an invalid field.
    exchange.route?.phases.onError(error, exchange);
  }
  const error = unexpectedError();
  exchange.problemCode = error.code;
  const replaced = completeReply(error, target, requestId);
  return [replaced, replyLines(replaced)];
}

const replaceProblem = (exchange: RoutedExchange, { status }: Problem): Reply | Problem | undefined =>
  replaceResponse(exchange, { status, isOwn: true, lines: '', contentLength: -1 });

/** Whether a stage observes the payload of this response. */
export function observesBody(exchange: RoutedExchange): boolean {
  const stages = exchange.route?.phases.responseBody ?? NO_STAGES;
  return stages.length > 0 && stages.some((stage) => observes(stage, exchange));
}

const NO_STAGES: Phases['responseBody'] = [];

const observes = (stage: Stage, exchange: RoutedExchange): boolean => stage.observesBody?.(exchange) ?? true;

/** Runs the `responseBody` phase. A stage that throws only loses these bytes. */
export function observeBody(exchange: RoutedExchange, bytes: Buffer): void {
  const { responseBody, onError } = (exchange.route as Route).phases;
  for (const stage of responseBody)
    try {
      if (observes(stage, exchange)) stage.responseBody(exchange, bytes);
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
