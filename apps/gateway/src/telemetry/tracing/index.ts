export { RequestTracer } from './request-tracer.js';
export type { RequestTrace, AttemptFailure } from './request-trace.js';
