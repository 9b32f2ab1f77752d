import { setTimeout as sleep } from 'node:timers/promises';
import { urlsOf, localRegistryOf } from '#apps/gateway';
import type { Registry } from '#registry-client';
import { announceReady, type Announce, type RunningApp } from '#service-kit';

const POLL_MS = 20;

/** Announces the system once every app is ready and every service has an instance that is up. */
export const announceWhenReady: Announce = async ([gateway, ...services]) => {
  const registry = localRegistryOf(gateway);
  while (!(await areReady([gateway, ...services])) || !(await areUp(services, registry)))
    await sleep(POLL_MS, undefined, { ref: false });
  await Promise.all(services.map(({ firstRegistration }) => firstRegistration));
  const urls = urlsOf(gateway);
  const seed = `npm run seed -- ${urls.clientUrl ?? urls.url}`;
  announceReady(gateway.logger, { ...urls, seed });
};

async function areReady(apps: readonly RunningApp[]): Promise<boolean> {
  const responses = await Promise.all(apps.map((app) => app.nest.inject('/health/ready')));
  return responses.every(({ statusCode }) => statusCode === 200);
}

async function areUp(services: readonly RunningApp[], registry: Registry): Promise<boolean> {
  const found = await Promise.all(services.map(({ name }) => registry.instances(name)));
  return found.every((instances) => instances.some(({ status }) => status === 'up'));
}
