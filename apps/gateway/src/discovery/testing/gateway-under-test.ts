import type { Socket } from 'node:net';
import { boot, type Env, type RunningApp } from '#service-kit';
import { gateway } from '../../gateway.app.js';

/** A response with its body. */
export interface ReadResponse {
  readonly status: number;
  readonly headers: Headers;
  // Parsed JSON, or the text.
  readonly body: unknown;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** A real gateway on its own port. */
export class GatewayUnderTest {
  /** Open connections of clients. */
  readonly connections = new Set<Socket>();

  private constructor(readonly app: RunningApp) {
    app.nest.getHttpServer().on('connection', (socket: Socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
  }

  static async start(env: Env = {}): Promise<GatewayUnderTest> {
    const own = { GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', LOG_LEVEL: 'ERROR' };
    return new GatewayUnderTest(await boot(gateway, { env: { ...own, ...env } }));
  }

  get url(): string {
    return this.app.url;
  }

  async call(method: string, path: string, init: RequestInit = {}): Promise<ReadResponse> {
    const response = await fetch(this.url + path, { method, ...init });
    return { status: response.status, headers: response.headers, body: parsed(await response.text()) };
  }

  get(path: string, headers: Record<string, string> = {}): Promise<ReadResponse> {
    return this.call('GET', path, { headers });
  }

  /** Sends `body` as JSON. */
  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<ReadResponse> {
    return this.call('POST', path, {
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  register(body: object): Promise<ReadResponse> {
    return this.post('/discovery/register', body);
  }

  async stop(): Promise<void> {
    await this.app.leave();
    await this.app.close();
  }
}

/** Waits until `condition` holds; fails after `ms`, by default as long as `waitFor` of the testing library waits. */
export async function until(condition: () => Promise<boolean> | boolean, ms = 20_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not so within ${ms} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
