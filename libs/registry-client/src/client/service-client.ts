import type { NeighbourMethod, NeighbourResponse } from '../neighbours/neighbour-transport.js';
import type { NeighbourCall, Neighbours } from '../neighbours/neighbours.js';

/** Options of one call. */
export type CallOptions = Pick<NeighbourCall, 'headers' | 'timeoutMs'>;

/** The service responded with a status outside 200 to 299. */
export class UnexpectedStatus extends Error {
  override readonly name = 'UnexpectedStatus';

  /** @param body parsed JSON, such as a problem document of RFC 9457 */
  constructor(
    readonly service: string,
    readonly status: number,
    readonly body: unknown,
  ) {
    super(`${service} responded with ${status}`);
  }
}

/**
 * Calls one service by its name: finds an instance, limits the time, retries where nothing can happen twice, and passes
 * on the trace. Paths are sent unchanged: encode ids by `encodeURIComponent`. Bodies are JSON.
 *
 * Every method throws {@link UnexpectedStatus}, or `ServiceUnreachable` when there is no response or one with 502, 503
 * or 504.
 * @example
 * const user = await client.service('user-service').get<User>(`/users/${encodeURIComponent(id)}`);
 */
export class ServiceClient {
  constructor(
    readonly name: string,
    private readonly neighbours: Pick<Neighbours, 'call'>,
  ) {}

  get<T>(path: string, options?: CallOptions): Promise<T> {
    return this.send<T>('GET', path, undefined, options);
  }

  post<T>(path: string, body?: object, options?: CallOptions): Promise<T> {
    return this.send<T>('POST', path, body, options);
  }

  put<T>(path: string, body?: object, options?: CallOptions): Promise<T> {
    return this.send<T>('PUT', path, body, options);
  }

  patch<T>(path: string, body?: object, options?: CallOptions): Promise<T> {
    return this.send<T>('PATCH', path, body, options);
  }

  delete<T = void>(path: string, options?: CallOptions): Promise<T> {
    return this.send<T>('DELETE', path, undefined, options);
  }

  /** Returns every response with a status other than 502, 503 and 504. */
  request(
    method: NeighbourMethod,
    path: string,
    { body, ...options }: CallOptions & Pick<NeighbourCall, 'body'> = {},
  ): Promise<NeighbourResponse> {
    return this.neighbours.call({ ...options, service: this.name, method, path, ...(body && { body }) });
  }

  private async send<T>(
    method: NeighbourMethod,
    path: string,
    body?: object,
    options?: CallOptions,
  ): Promise<T> {
    const response = await this.request(method, path, { ...options, ...(body && { body }) });
    if (response.status < 200 || response.status > 299)
      throw new UnexpectedStatus(this.name, response.status, response.body);
    return response.body as T;
  }
}
