import { gateway, isInRotation, localRegistryOf } from '#apps/gateway';
import { orderService } from '#apps/order-service';
import { productService } from '#apps/product-service';
import { userService } from '#apps/user-service';
import {
  boot,
  checkConfig,
  InProcessTransport,
  Readiness,
  type Env,
  type Mount,
  type RunningApp,
} from '#service-kit';
import { completeStart } from './complete-start.js';

/** In the order of shutdown: the order service calls users and products, so it stops first. */
const SERVICES = [orderService, userService, productService];

/** Clients reach the services through the gateway; the services' own ports are bound to loopback. */
const SERVICE_HOST = '127.0.0.1';

/**
 * Mounts everything in one process: the gateway, and the services registered with it as local instances.
 * @throws When an app fails to start; apps that have started are closed first.
 */
export async function mountMonolith(env: Env): ReturnType<Mount> {
  checkConfig([gateway, ...SERVICES], env);
  const readiness = new Readiness(true);
  const gatewayApp = await boot(gateway, { env, readiness });
  const services: RunningApp[] = [];
  const events = eventsIn(env);
  try {
    const registry = localRegistryOf(gatewayApp);
    // The gateway exposes the metrics of the process.
    const { logLevel, traces } = gatewayApp;
    const options = { env, registry, logLevel, traces, events, host: SERVICE_HOST, exposesProcess: false };
    for (const service of SERVICES) services.push(await boot(service, options));
    events?.begin();
    void completeStart(readiness, services, (name) => isInRotation(gatewayApp, name));
    return [gatewayApp, ...services];
  } catch (error) {
    await Promise.allSettled([gatewayApp, ...services].map((app) => app.close()));
    await events?.close();
    throw error;
  }
}

/** One transport for all services; with Redis each service has its own. */
const eventsIn = (env: Env): InProcessTransport | undefined =>
  orderService.readConfig(env).redis ? undefined : new InProcessTransport();
