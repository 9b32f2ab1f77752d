import { ServerResponse } from 'node:http';

/** The methods of node's responses that send every response, with the signatures that the proxy uses. */
export interface PlainResponse {
  readonly writeHead: (
    this: ServerResponse,
    status: number,
    message: string | undefined,
    fields?: string[],
  ) => ServerResponse;
  readonly write: (this: ServerResponse, ...args: unknown[]) => boolean;
  readonly end: (this: ServerResponse, ...args: unknown[]) => ServerResponse;
  readonly flushHeaders: (this: ServerResponse) => void;
  readonly addTrailers: (this: ServerResponse, fields: readonly [string, string][]) => void;
  readonly getRawHeaderNames: (this: ServerResponse) => string[];
}

/**
 * Node's own methods. A response passed to a local instance has observing methods of the same names in front of them;
 * the responses of the gateway bypass those.
 */
export const plainResponse = ServerResponse.prototype as unknown as PlainResponse;

/** Removes fields set by an instance whose response is not used, so that none reaches the client. */
export function clearFields(response: ServerResponse): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
}
