import type { LoggedExchange } from '../access-log/index.js';
import type { RequestTrace, TracedInstance } from './request-trace.js';

/** An exchange: what tracing reads of it. */
export interface TracedExchange extends Omit<LoggedExchange, 'instance' | 'route'> {
  trace: RequestTrace | undefined;
  readonly scheme: string;
  readonly host: string | undefined;
  readonly isHttp10?: boolean;
  /** Path and query for the instance. */
  readonly upstreamTarget: string;
  readonly instance: TracedInstance | undefined;
  /** Why no instance responded. */
  readonly failure: { readonly kind: string } | undefined;
  readonly route:
    | {
        readonly service: string;
        readonly name?: string | undefined;
        /** `/api/{service}`, with the service in the path. */
        readonly prefix: string;
        readonly policy: { readonly tracing?: { readonly context: 'trust' | 'restart' } };
      }
    | undefined;
}
