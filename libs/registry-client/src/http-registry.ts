import type { HeartbeatDto, InstanceView, PurgeDto, RegisterInstanceDto } from '#contracts';
import { urlSeenFrom } from './own-address.js';
import type { Registry } from './registry.js';

/** Location and credentials of a registry over HTTP. */
export interface HttpRegistryOptions {
  readonly url: string;
  /** Bearer token for `/discovery` writes and purges. */
  readonly token?: string | undefined;
  /** Timeout of one call, milliseconds. Default 5000. */
  readonly timeoutMs?: number;
}

/** The registry responded with an error status, or with a success that is not JSON. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';

  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(`the registry responded with ${status}: ${detail}`);
  }
}

const DEFAULT_TIMEOUT_MS = 5000;

/**
 * A {@link Registry} on top of a gateway's HTTP API. Calls throw {@link RegistryError}, or the error of
 * `fetch` when there is no response.
 */
export class HttpRegistry implements Registry {
  constructor(private readonly options: HttpRegistryOptions) {}

  async register({ url, ...others }: RegisterInstanceDto): Promise<InstanceView> {
    const body = { ...others, url: await urlSeenFrom(this.options.url, url) };
    return (await this.expectOk(await this.call('POST', '/discovery/register', body))) as InstanceView;
  }

  async heartbeat(id: string, body: HeartbeatDto = {}): Promise<InstanceView | undefined> {
    const response = await this.call('POST', `/discovery/heartbeat/${encodeURIComponent(id)}`, body);
    if (response.status !== 404) return (await this.expectOk(response)) as InstanceView;
    await response.body?.cancel();
    return undefined;
  }

  async unregister(id: string): Promise<void> {
    const response = await this.call('DELETE', `/discovery/unregister/${encodeURIComponent(id)}`);
    if (response.status === 404) await response.body?.cancel();
    else await this.expectOk(response);
  }

  async instances(service: string): Promise<readonly InstanceView[]> {
    const path = `/discovery/services?name=${encodeURIComponent(service)}`;
    return (await this.expectOk(await this.call('GET', path))) as InstanceView[];
  }

  async purgeResponses(selected: PurgeDto): Promise<void> {
    await this.expectOk(await this.call('POST', '/cache/purge', selected));
  }

  private call(method: string, path: string, body?: object): Promise<Response> {
    return fetch(new URL(path, this.options.url), {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(this.options.token && { authorization: `Bearer ${this.options.token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(this.options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    });
  }

  private async expectOk(response: Response): Promise<unknown> {
    const text = await response.text();
    if (!response.ok) throw new RegistryError(response.status, detailOf(text));
    return text === '' ? undefined : parse(text, response.status);
  }
}

// A success that is not JSON comes from another server at that address. Its body would be of no use in a log.
function parse(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RegistryError(status, 'the response is not JSON; check that the URL is that of a registry');
  }
}

function detailOf(text: string): string {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    if (typeof detail === 'string') return detail;
  } catch {
    // Not a problem document: use the start of the body.
  }
  return text.slice(0, 200);
}
