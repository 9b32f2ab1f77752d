import { epochMs, urlAttributes, type Span, type SpanAttributes } from '#registry-client';
import { pathOf } from '#service-kit';
import { FIRST_ERROR, hasFailed } from '../ended-exchange.js';
import type { RequestTrace, TracedAttempt } from './request-trace.js';
import type { TracedExchange } from './traced-exchange.js';

const FIRST_CLIENT_ERROR = 400;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'QUERY'];

/** Clients may send any method, so other names are no part of the name of a span. */
const methodOf = (method: string): string => (METHODS.includes(method) ? method : '_OTHER');

const nameOf = (method: string): string => (method === '_OTHER' ? 'HTTP' : method);

/** The spans of a request that has ended: one of the server, and one of the client for each attempt. */
export function* spansOf(exchange: TracedExchange, trace: RequestTrace): Iterable<Span> {
  const endedAt = exchange.startedAt + exchange.durationMs;
  yield serverSpan(exchange, trace, endedAt);
  for (const [index, attempt] of trace.attempts.entries())
    yield attemptSpan(exchange, trace, attempt, { index, endedAt });
}

function serverSpan(exchange: TracedExchange, trace: RequestTrace, endedAt: number): Span {
  const { route } = exchange;
  const method = methodOf(exchange.method);
  const pattern = route && `${route.prefix}/*`;
  return {
    context: trace.context,
    parent: trace.parent,
    link: trace.link,
    name: pattern === undefined ? nameOf(method) : `${nameOf(method)} ${pattern}`,
    kind: 'server',
    startMs: epochMs(exchange.startedAt),
    endMs: epochMs(endedAt),
    isError: hasFailed(exchange),
    attributes: serverAttributes(exchange, method, pattern),
  };
}

// One literal: an object of parts that are spread is several times as slow.
function serverAttributes(
  exchange: TracedExchange,
  method: string,
  pattern: string | undefined,
): SpanAttributes {
  const { status, route } = exchange;
  const [, host = exchange.host, port] = /^(.*?):(\d+)$/.exec(exchange.host ?? '') ?? [];
  return {
    'http.request.method': method,
    'http.request.method_original': method === exchange.method ? undefined : exchange.method,
    // A query may contain secrets.
    'url.path': pathOf(exchange.target),
    'url.scheme': exchange.scheme,
    'server.address': host,
    'server.port': port === undefined ? undefined : Number(port),
    'client.address': exchange.clientAddress,
    'network.protocol.version': exchange.isHttp10 === true ? '1.0' : '1.1',
    'user_agent.original': exchange.header('user-agent'),
    'http.route': pattern,
    'http.response.status_code': status === 0 ? undefined : status,
    'http.response.body.size': exchange.bytesSent,
    'error.type': errorOf(exchange),
    'msa_gateway.service': route?.service,
    'msa_gateway.route': route?.name,
    'msa_gateway.request_id': exchange.requestId,
    'msa_gateway.problem': exchange.problemCode,
    'msa_gateway.cache': exchange.cache,
    'msa_gateway.version': exchange.version,
  };
}

/** The status of a server error, or how the exchange ended. */
function errorOf({ status, ending }: TracedExchange): string | undefined {
  if (ending !== 'completed') return ending;
  return status >= FIRST_ERROR ? String(status) : undefined;
}

/** Where an attempt stands in its request. */
interface AttemptPlace {
  readonly index: number;
  /** The end of the request, on the monotonic clock. */
  readonly endedAt: number;
}

function attemptSpan(
  exchange: TracedExchange,
  { context }: RequestTrace,
  attempt: TracedAttempt,
  { index, endedAt }: AttemptPlace,
): Span {
  const { spanId, instance, isHedged, startedAt } = attempt;
  const { status, error, end } = outcomeOf(exchange, attempt, endedAt);
  const method = methodOf(exchange.method);
  return {
    context: { ...context, spanId },
    parent: context,
    link: undefined,
    name: nameOf(method),
    kind: 'client',
    startMs: epochMs(startedAt),
    endMs: epochMs(end),
    isError: error !== undefined,
    attributes: {
      'http.request.method': method,
      ...urlAttributes(instance.url, exchange.upstreamTarget),
      'http.response.status_code': status,
      'http.request.resend_count': index === 0 ? undefined : index,
      'network.protocol.version': '1.1',
      'error.type': error,
      'msa_gateway.instance': instance.id,
      'msa_gateway.hedged': isHedged ? true : undefined,
    },
  };
}

interface AttemptOutcome {
  readonly status: number | undefined;
  /** `undefined`: no error. */
  readonly error: string | undefined;
  readonly end: number;
}

/** An attempt that did not fail is the last one of the request, or was cancelled in favour of another one. */
function outcomeOf(exchange: TracedExchange, attempt: TracedAttempt, endedAt: number): AttemptOutcome {
  const { failure, instance } = attempt;
  const { status, respondedAt } = exchange;
  if (failure) return { status: failure.status, error: failure.kind, end: attempt.endedAt };
  if (instance.id !== exchange.instance?.id)
    return { status: undefined, error: 'cancelled', end: respondedAt || endedAt };
  if (respondedAt < attempt.startedAt)
    return { status: undefined, error: exchange.failure?.kind ?? 'cancelled', end: endedAt };
  return { status, error: status >= FIRST_CLIENT_ERROR ? String(status) : undefined, end: endedAt };
}
