import { boot, type Env, type RunningApp } from '#service-kit';
import { HttpRegistry } from '#registry-client';
import { gateway, localRegistryOf } from '#apps/gateway';
import { tempDir, waitFor } from '#testing';
import { KINDS, PLANES, type Kind, type Plane } from './kinds.js';
import { ServiceScript, testService } from './test-service.js';

/** A gateway for a spec. */
export interface GatewayHarness {
  readonly gatewayUrl: string;
  readonly gatewayPort: number;
  readonly gatewayApp: RunningApp;
  /** Registers an instance at `url`. */
  register(name: string, url: string, id?: string): Promise<void>;
  close(): Promise<void>;
}

/** A gateway with the test service behind it. */
export interface ServiceHarness extends GatewayHarness {
  readonly kind: Kind;
  /** URL of the service through the gateway: `http://…/api/test-service`. */
  readonly url: string;
  /** URL of the service, bypassing the gateway. */
  readonly serviceUrl: string;
  readonly service: ServiceScript;
  readonly serviceApp: RunningApp;
}

export const SERVICE = 'test-service';
const QUIET: Env = { LOG_LEVEL: 'ERROR', GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: '0' };

/** Boots a gateway as production does. */
export async function startGatewayHarness(plane: Plane, env: Env = {}): Promise<GatewayHarness> {
  const directory = tempDir();
  const gatewayApp = await boot(gateway, {
    env: { ...QUIET, DATA_DIR: directory.path, DATA_PLANE: plane, ...env },
  });
  const registry = new HttpRegistry({ url: gatewayApp.url });
  return {
    gatewayUrl: gatewayApp.url,
    gatewayPort: Number(new URL(gatewayApp.url).port),
    gatewayApp,
    register: async (name, url, id = name) => {
      await registry.register({ name, url, id, ttlSeconds: 300 });
    },
    close: async () => {
      await stop(gatewayApp);
      directory.remove();
    },
  };
}

/** Boots a gateway and the test service behind it. */
export async function startServiceHarness(kind: Kind, env: Env = {}): Promise<ServiceHarness> {
  const harness = await startGatewayHarness(kind === 'local' ? 'wire' : kind, env);
  const overHttp = new HttpRegistry({ url: harness.gatewayUrl });
  const service = new ServiceScript();
  const registry = kind === 'local' ? localRegistryOf(harness.gatewayApp) : overHttp;
  const serviceApp = await boot(testService(SERVICE, service), { env: QUIET, registry });
  await waitFor('the service to be registered', async () => (await overHttp.instances(SERVICE)).length === 1);
  return {
    ...harness,
    kind,
    url: `${harness.gatewayUrl}/api/${SERVICE}`,
    serviceUrl: serviceApp.url,
    service,
    serviceApp,
    close: async () => {
      await stop(serviceApp);
      await harness.close();
    },
  };
}

async function stop(app: RunningApp): Promise<void> {
  await app.leave();
  await app.close();
}

/** Runs a suite once for each kind of instance. */
export function onEveryKind(
  subject: string,
  suite: (harness: () => ServiceHarness) => void,
  env: Env = {},
): void {
  describe.each(KINDS)(`${subject} (%s)`, (kind) => withHarness(() => startServiceHarness(kind, env), suite));
}

/** Runs a suite that registers its own instances, once for each data plane. */
export function onEveryPlane(
  subject: string,
  suite: (harness: () => GatewayHarness) => void,
  env: Env = {},
): void {
  describe.each(PLANES)(`${subject} (%s)`, (plane) =>
    withHarness(() => startGatewayHarness(plane, env), suite),
  );
}

function withHarness<B extends GatewayHarness>(
  start: () => Promise<B>,
  suite: (harness: () => B) => void,
): void {
  let harness: B | undefined;
  beforeAll(async () => {
    harness = await start();
  });
  afterAll(() => harness?.close());
  suite(() => harness!);
}
