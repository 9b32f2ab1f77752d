import type { Registry } from '#registry-client';
import { boot, type RunningApp } from '#service-kit';
import { HttpRegistry } from '#registry-client';
import { gateway, localRegistryOf } from '#apps/gateway';
import { tempDir, waitFor } from '#testing';
import { ServiceScript, testService } from './test-service.js';

/** Ways on which a request reaches a service. Results are the same on all of them. */
export const KINDS = ['node', 'local'] as const;
export type Kind = (typeof KINDS)[number];

/** A gateway with one service behind it, as a spec uses them. */
export interface Bench {
  readonly kind: Kind;
  /** Where the service is for clients: `http://…/api/test-service`. */
  readonly url: string;
  readonly gatewayUrl: string;
  readonly gatewayPort: number;
  /** The service's own address, past the gateway. */
  readonly serviceUrl: string;
  readonly service: ServiceScript;
  readonly serviceApp: RunningApp;
  /** Registers an instance at `url`. */
  register(name: string, url: string, id?: string): Promise<void>;
  close(): Promise<void>;
}

export const SERVICE = 'test-service';
const QUIET = { LOG_LEVEL: 'ERROR', GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: '0' };

/** Boots a gateway of one kind and the test service behind it. */
export async function startBench(kind: Kind): Promise<Bench> {
  const directory = tempDir();
  const env = { ...QUIET, DATA_DIR: directory.path, DATA_PLANE: 'node' };
  const gatewayApp = await boot(gateway, { env });
  const overHttp = new HttpRegistry({ url: gatewayApp.url });
  const script = new ServiceScript();
  const registry: Registry = kind === 'local' ? localRegistryOf(gatewayApp) : overHttp;
  const serviceApp = await boot(testService(SERVICE, script), { env, registry });
  await waitFor('the service to be registered', async () => (await overHttp.instances(SERVICE)).length === 1);
  return {
    kind,
    url: `${gatewayApp.url}/api/${SERVICE}`,
    gatewayUrl: gatewayApp.url,
    gatewayPort: Number(new URL(gatewayApp.url).port),
    serviceUrl: serviceApp.url,
    service: script,
    serviceApp,
    register: async (name, url, id = name) => {
      await overHttp.register({ name, url, id, ttlSeconds: 300 });
    },
    close: async () => {
      for (const app of [serviceApp, gatewayApp]) {
        await app.leave();
        await app.close();
      }
      directory.remove();
    },
  };
}

/** Runs a suite once for each kind of instance. */
export function onEveryKind(subject: string, suite: (bench: () => Bench) => void): void {
  describe.each(KINDS)(`${subject} (%s)`, (kind) => {
    let bench: Bench | undefined;
    beforeAll(async () => {
      bench = await startBench(kind);
    }, 30_000);
    afterAll(() => bench?.close());
    suite(() => bench!);
  });
}
