import type { Server } from 'node:http';
import type { PolicyFile } from '#contracts';
import { boot, StartupError, type Env } from '#service-kit';
import type { GatewayVariable } from './config/gateway.variables.js';
import { gatewayApp } from './gateway.app.js';
import type { StageFactory } from './proxy/extension/stage-api.js';
import { keepingHostLogger } from './host-logger.js';
import { mountService } from './mount-service.js';
import type { MountedService, MountOptions } from './mounted-service.js';
import { closeWithin, urlsOf } from './running-gateway.js';

/** As `SHUTDOWN_TIMEOUT_SECONDS` of the command. */
const DEFAULT_CLOSE_TIMEOUT_MS = 25_000;
/** A timer of Node with a longer delay fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Setting = string | number | boolean | undefined;

/**
 * Settings by the names of the environment variables of a gateway; with `_FILE` behind the name, the path of a file
 * that has the value. `undefined` and an empty text count as unset.
 */
export type GatewaySettings = Readonly<Partial<Record<GatewayVariable | `${GatewayVariable}_FILE`, Setting>>>;

/** What a program passes to {@link createGateway}. */
export interface GatewayOptions {
  /**
   * The settings of the gateway. `process.env` is not read; pass it to use it. Variables of other programs have no
   * effect.
   */
  readonly config?: GatewaySettings;
  /**
   * The policies, or the path of a policy file, which is reloaded when it changes. Files that an object names are
   * relative to the working directory. Must not be set together with `GATEWAY_CONFIG`. An empty path counts as unset.
   */
  readonly policies?: PolicyFile | string;
  /**
   * Milliseconds after which {@link EmbeddedGateway.close} cuts off the requests that are still in flight; `Infinity`:
   * never. By default 25 000.
   */
  readonly closeTimeout?: number;
  /** Stages that routes with settings for them get, in this order, in each of their positions. */
  readonly stages?: readonly StageFactory[];
}

/** A gateway in this process. */
export interface EmbeddedGateway {
  /** The URL for clients on this machine, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  /** The URL for operators and instances, with `ADMIN_PORT`; without it, they use `url`. */
  readonly adminUrl: string | undefined;
  /**
   * Registers a server of this process as an instance of a service. The gateway passes requests to it without a socket, and
   * the server may still be called at its own port. A server can be mounted under several names.
   * @throws Error if the server does not listen yet, or an option is invalid
   * @example
   * await app.listen(3000); // Nest, with Express or Fastify
   * await gateway.mount(app.getHttpServer(), { name: 'users' });
   */
  mount(server: Server, options: MountOptions): Promise<MountedService>;
  /**
   * Unregisters mounted servers, refuses new connections, finishes the requests in flight, at most for `closeTimeout`, and
   * releases all resources. Repeated calls share one result. `SHUTDOWN_TIMEOUT_SECONDS` belongs to `msa-gateway start`, and
   * has no effect here.
   */
  close(): Promise<void>;
}

/**
 * Starts a gateway in this process. It handles no signals and never ends the process; several may run side by side.
 * @returns the gateway, which listens
 * @throws Error with one line that names every invalid setting, every problem of the policies, or why it cannot listen
 * @example
 * const gateway = await createGateway({ config: { GATEWAY_PORT: 0 }, policies: { version: 1 } });
 * const response = await fetch(`${gateway.url}/api/user-service/users`);
 * await gateway.close();
 */
export async function createGateway({
  config = {},
  policies,
  closeTimeout = DEFAULT_CLOSE_TIMEOUT_MS,
  stages = [],
}: GatewayOptions = {}): Promise<EmbeddedGateway> {
  checkCloseTimeout(closeTimeout);
  const app = gatewayApp(policies === '' ? undefined : policies, stages);
  const running = await keepingHostLogger(() => boot(app, { env: envOf(config), handlesSignals: false }));
  const { url, clientUrl } = urlsOf(running);
  const mounted = new Set<MountedService>();
  const unmountAll = async (): Promise<void> => {
    await Promise.all([...mounted].map((service) => service.unmount()));
  };
  let closed: Promise<void> | undefined;
  return {
    url: clientUrl ?? url,
    adminUrl: clientUrl === undefined ? undefined : url,
    mount: async (server, options) => {
      const service = await mountService(running, server, options);
      mounted.add(service);
      return service;
    },
    close: () => (closed ??= closeWithin(closeTimeout, running, unmountAll)),
  };
}

/** @throws StartupError */
function checkCloseTimeout(ms: unknown): void {
  if (ms === Infinity || (Number.isInteger(ms) && Number(ms) >= 0 && Number(ms) <= LONGEST_TIMER_MS)) return;
  throw new StartupError(`gateway: closeTimeout must be from 0 to ${LONGEST_TIMER_MS} ms, or Infinity`);
}

const envOf = (settings: Readonly<Record<string, Setting>>): Env =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, value?.toString()]));
