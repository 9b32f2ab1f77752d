import type { InstanceView } from '#contracts';
import { urlAttributes } from '../trace/span.js';
import { TraceContext } from '../trace/trace-context.js';
import type { TraceFields } from '../trace/trace-fields.js';
import { AttemptFailed, type NeighbourMethod } from './neighbour-transport.js';

/** The call that an attempt belongs to. */
interface TracedCall {
  readonly service: string;
  readonly method: NeighbourMethod;
  readonly path: string;
}

/** The span of one attempt of a call. */
interface CallSpan {
  /** The trace fields of the request. */
  readonly fields: TraceFields;
  responded(status: number): void;
  failed(error: unknown): void;
}

const FIRST_ERROR = 400;

const ignore = (): void => undefined;

/**
 * Starts the span of an attempt at `instance`. Without one, the request carries the fields of the current work.
 * @param resends attempts of the call before this one
 */
export function startCallSpan(
  { service, method, path }: TracedCall,
  { url, id }: InstanceView,
  resends: number,
): CallSpan {
  const { fields } = TraceContext;
  const span = TraceContext.startSpan(() => ({
    name: method,
    kind: 'client',
    attributes: {
      'http.request.method': method,
      ...urlAttributes(url, path),
      'http.request.resend_count': resends === 0 ? undefined : resends,
      'msa_gateway.service': service,
      'msa_gateway.instance': id,
    },
  }));
  if (!span) return { fields, responded: ignore, failed: ignore };
  return {
    fields: { ...fields, ...span.fields },
    responded: (status) => {
      const isError = status >= FIRST_ERROR;
      const type = isError ? String(status) : undefined;
      span.end({ 'http.response.status_code': status, 'error.type': type }, isError);
    },
    failed: (error) =>
      span.end({ 'error.type': error instanceof AttemptFailed ? error.reason : 'unknown' }, true),
  };
}
