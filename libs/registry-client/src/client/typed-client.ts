import type { NeighbourResponse } from '../neighbours/neighbour-transport.js';
import type { Neighbours } from '../neighbours/neighbours.js';
import type { MethodOf, OperationInput, OperationOf, OperationResponse } from './operation-types.js';
import type { CallOptions } from './service-client.js';

/**
 * Calls one service by the types of its OpenAPI document, which openapi-typescript writes. The call itself is that of
 * {@link Neighbours}: instance, time limit, retry and trace are the same.
 * @typeParam Paths the interface `paths` of the written file
 * @example
 * const users = new TypedClient<UserServicePaths>('user-service', neighbours);
 * const response = await users.call('GET', '/users/{id}', { path: { id } });
 * if (response.status === 200) console.log(response.body.email);
 */
export class TypedClient<Paths extends object> {
  constructor(
    readonly name: string,
    private readonly neighbours: Pick<Neighbours, 'call'>,
  ) {}

  /**
   * Sends a request and returns the response. A service can also respond with a status that its document does not have,
   * which no type can rule out: handle it after the documented ones.
   * @param path the path of the document, with its parameters in braces
   * @throws ServiceUnreachable when there is no response, or one with 502, 503 or 504
   */
  async call<Path extends keyof Paths & string, Method extends MethodOf<Paths[Path]>>(
    method: Method,
    path: Path,
    input: OperationInput<OperationOf<Paths[Path], Method>> & CallOptions,
  ): Promise<OperationResponse<OperationOf<Paths[Path], Method>>> {
    const { path: segments = {}, query = {}, ...rest } = input as UntypedInput;
    const target = expand(path, segments) + searchOf(query);
    const response = await this.neighbours.call({ ...rest, service: this.name, method, path: target });
    return response as NeighbourResponse & OperationResponse<OperationOf<Paths[Path], Method>>;
  }
}

type Parameters = Readonly<Record<string, unknown>>;

interface UntypedInput extends CallOptions {
  readonly path?: Parameters;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object;
}

/** Every value is one segment, whatever characters it has. */
const expand = (template: string, segments: Parameters): string =>
  template.replace(/\{([^}]+)\}/g, (_braces, name: string) => encodeURIComponent(String(segments[name])));

function searchOf(query: NonNullable<UntypedInput['query']>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) search.append(name, String(value));
  return search.size > 0 ? `?${search.toString()}` : '';
}
