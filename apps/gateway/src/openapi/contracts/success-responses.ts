import type { JsonObject } from '../openapi.js';

/** A success response of the accepted operation, and the response of the next one that takes its place. */
export interface SuccessResponse {
  readonly status: string;
  /** `undefined`: none. */
  readonly nextStatus: string | undefined;
}

/** The success responses of an operation. `default` is one if it stands alone: beside others, it describes errors. */
export function successResponses(before: JsonObject, after: JsonObject): readonly SuccessResponse[] {
  const [next] = successStatuses(after);
  return successStatuses(before).map((status) => {
    if (status === 'default') return { status, nextStatus: next };
    const same = [status, '2XX', 'default'].find((each) => Object.hasOwn(after, each));
    // A client that knows a range expects any status in it.
    return { status, nextStatus: status === '2XX' ? (next ?? same) : same };
  });
}

function successStatuses(responses: JsonObject): readonly string[] {
  const statuses = Object.keys(responses).filter((status) => status.startsWith('2'));
  return statuses.length === 0 && Object.hasOwn(responses, 'default') ? ['default'] : statuses;
}
