import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  ActiveSpan,
  epochMs,
  readSpanContext,
  TraceContext,
  type SpanContext,
  type Tracer,
} from '#registry-client';
import { pathOf } from '../http/problem.filter.js';

const FIRST_ERROR = 500;

/** Machines call them every few seconds; their traces would hide those of clients. */
const UNTRACED = /^\/(?:health|metrics)(?:\/|$)/;

/** Records each request as a span. Its calls to neighbours and its queries are spans inside it. */
export function traceRequests(fastify: FastifyInstance, tracer: Tracer): void {
  fastify.addHook('preValidation', (request, reply, done) => {
    if (UNTRACED.test(request.url)) {
      done();
      return;
    }
    const span = startSpan(tracer, request, reply);
    const trace = TraceContext.of(span);
    reply.raw.once('close', () => {
      trace.end();
      endSpan(span, reply);
    });
    trace.run(done);
  });
}

function startSpan(tracer: Tracer, request: FastifyRequest, reply: FastifyReply): ActiveSpan {
  const { method, url, headers } = request;
  const route = request.routeOptions.url;
  return ActiveSpan.start(tracer, callerOf(headers), {
    name: route === undefined ? method : `${method} ${route}`,
    kind: 'server',
    startMs: epochMs() - reply.elapsedTime,
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'url.path': pathOf(url),
      'url.scheme': 'http',
      'server.address': request.hostname,
      'network.protocol.version': request.raw.httpVersion,
      'msa_gateway.request_id': request.id,
    },
  });
}

function callerOf({ traceparent, tracestate }: FastifyRequest['headers']): SpanContext | undefined {
  if (typeof traceparent !== 'string') return undefined;
  return readSpanContext(traceparent, [tracestate ?? []].flat().join());
}

function endSpan(span: ActiveSpan, { raw, statusCode }: FastifyReply): void {
  const isWhole = raw.writableFinished;
  const isError = statusCode >= FIRST_ERROR;
  const type = isError ? String(statusCode) : isWhole ? undefined : 'client-left';
  span.end({ 'http.response.status_code': statusCode, 'error.type': type }, isError);
}
