import type { IncomingMessage, ServerResponse } from 'node:http';
import { Deadline } from '../deadline/deadline.js';
import { TraceContext } from '../trace/trace-context.js';

/**
 * Handles a request under the deadline and in the trace that its caller sent: calls to other services during `work` end
 * in time and carry the trace. Ends both when the response is sent.
 * @example
 * app.use((request, response, next) => withRequestContext(request, response, next)); // Express
 */
export function withRequestContext<T>(
  { headers }: Pick<IncomingMessage, 'headers'>,
  response: Pick<ServerResponse, 'once'>,
  work: () => T,
): T {
  const contexts = [Deadline.from(headers), TraceContext.from(headers)].filter((each) => each !== undefined);
  if (contexts.length > 0) response.once('close', () => contexts.forEach((each) => each.end()));
  return contexts.reduce<() => T>((inner, each) => () => each.run(inner), work)();
}
