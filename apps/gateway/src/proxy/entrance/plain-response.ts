import { ServerResponse } from 'node:http';

/** The methods of node's responses by which every answer goes out, in the call shapes that the proxy uses. */
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
 * Node's own methods. A response that was handed to a local instance has watching methods of the same names in front of
 * them; the gateway's own answers go past those.
 */
export const plainResponse = ServerResponse.prototype as unknown as PlainResponse;

/** Takes off what somebody has set who does not answer after all: nothing of it belongs to the answer that the client gets. */
export function clearFields(response: ServerResponse): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
}
