import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { call, launchNode, startApp, tempDir, type AppProcess, type Environment } from '#testing';

/** How a command ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program `msa-gateway`. */
export const BIN = 'scripts/gateway/bin.mjs';

/** Starts `msa-gateway` with these arguments. */
export const launchCommand = (env: Environment, ...args: readonly string[]) => launchNode(BIN, args, env);

/** A gateway process with instances that a test defines, for the commands that operators use. */
export class OperatedGateway {
  private readonly servers: Server[] = [];

  private constructor(
    private readonly app: AppProcess,
    private readonly env: Environment,
    private readonly folder: ReturnType<typeof tempDir>,
  ) {}

  static async start(settings: Environment = {}): Promise<OperatedGateway> {
    const folder = tempDir('command-');
    const env = { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: '0', DATA_DIR: folder.path, ...settings };
    return new OperatedGateway(await startApp('gateway', env), env, folder);
  }

  get url(): string {
    return this.app.url;
  }

  /** Starts an instance and registers it. */
  async add(name: string, id: string, handler: RequestListener = (_, response) => response.end()) {
    const server = createServer(handler).listen(0, '127.0.0.1');
    this.servers.push(server);
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { status } = await call(this.url, 'POST /discovery/register', {
      body: { name, id, url, version: '1.2.0', ttlSeconds: 300 },
    });
    expect(status).toBe(201);
  }

  /** Runs a command that finds the gateway by GATEWAY_URL. */
  async run(...args: readonly string[]): Promise<Outcome> {
    const launched = this.launch(...args);
    const { code } = await launched.exited;
    return { code, stdout: launched.stdout, stderr: launched.stderr };
  }

  launch(...args: readonly string[]) {
    return launchCommand({ GATEWAY_URL: this.url }, ...args);
  }

  /** Another process at the same address. */
  async restart(): Promise<void> {
    await this.app.process.stop();
    Object.assign(this.app, await startApp('gateway', { ...this.env, GATEWAY_PORT: new URL(this.url).port }));
  }

  async stop(): Promise<void> {
    for (const server of this.servers) {
      server.close();
      server.closeAllConnections();
    }
    await this.app.process.stop();
    this.folder.remove();
  }
}
