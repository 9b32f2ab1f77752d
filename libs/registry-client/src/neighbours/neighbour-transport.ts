import { Agent, type Dispatcher } from 'undici';
import type { UnreachableReason } from './service-unreachable.js';

export type NeighbourMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request to one instance. */
export interface NeighbourRequest {
  readonly origin: string;
  readonly method: NeighbourMethod;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/** The response of a neighbour. */
export interface NeighbourResponse {
  readonly status: number;
  /** Lower-case names; the values of repeated headers are joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; `undefined` for an empty body. */
  readonly body: unknown;
  /** The request was sent a second time, after a reset. The first one may still be processed. */
  readonly isRepeated?: boolean;
}

/** An attempt that ended without a response. */
export class AttemptFailed extends Error {
  override readonly name = 'AttemptFailed';

  constructor(
    readonly reason: UnreachableReason,
    cause: unknown,
  ) {
    super(reason, { cause });
  }
}

const CONNECT_TIMEOUT_MS = 1000;
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;

// Error codes of failures before the connection was established: nothing was sent.
const REFUSED = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Sends requests to instances over kept-alive connections. Uses undici's `Agent` instead of global `fetch` because it
 * sends the path unchanged (`fetch` resolves an id of `..` as a dot segment), its connection pool can be closed at
 * shutdown, and it follows no redirects.
 */
export class NeighbourTransport {
  private readonly agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    connections: 64,
    // Less than the 5 s after which node:http closes idle connections, so that requests are seldom written to a
    // connection that is being closed.
    keepAliveTimeout: 4000,
  });

  /** @throws AttemptFailed */
  async send({ origin, body, ...request }: NeighbourRequest): Promise<NeighbourResponse> {
    try {
      const response = await this.agent.request({ ...request, origin, ...(body !== undefined && { body }) });
      return {
        status: response.statusCode,
        headers: flatten(response.headers),
        body: parse(await read(response.body)),
      };
    } catch (error) {
      throw error instanceof AttemptFailed
        ? error
        : new AttemptFailed(reasonOf(error, request.signal), error);
    }
  }

  /** Closes every connection. Pending calls fail. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const names = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(names.map(([name, value]) => [name, [value].flat().join(', ')]));
}

async function read(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the stream and its connection.
    if (size > MAX_RESPONSE_BYTES) throw new AttemptFailed('protocol', 'the response is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AttemptFailed('protocol', error);
  }
}

function reasonOf(error: unknown, signal: AbortSignal): UnreachableReason {
  if (signal.aborted) return 'timeout';
  const { code } = error as { code?: string };
  if (REFUSED.has(code ?? '')) return 'refused';
  return code?.startsWith('HPE_') ? 'protocol' : 'reset';
}
