import { setTimeout as sleep } from 'node:timers/promises';
import { adminUrlOf } from '#apps/gateway';
import type { Registry } from '#registry-client';
import type { RunningApp } from '#service-kit';

const POLL_MS = 20;

/**
 * Prints the gateway's URL on standard output once every app is ready and every service has an instance that is up, and
 * the URL for clients if that is another one.
 */
export async function announceWhenReady(
  gateway: RunningApp,
  services: readonly RunningApp[],
  registry: Registry,
): Promise<void> {
  while (!(await areReady([gateway, ...services])) || !(await areUp(services, registry)))
    await sleep(POLL_MS, undefined, { ref: false });
  const adminUrl = adminUrlOf(gateway);
  const forClients = adminUrl === gateway.url ? '' : `; clients use ${gateway.url}`;
  console.log(`ready: open ${adminUrl}${forClients}`);
}

async function areReady(apps: readonly RunningApp[]): Promise<boolean> {
  const responses = await Promise.all(apps.map((app) => app.nest.inject('/health/ready')));
  return responses.every(({ statusCode }) => statusCode === 200);
}

async function areUp(services: readonly RunningApp[], registry: Registry): Promise<boolean> {
  const found = await Promise.all(services.map(({ name }) => registry.instances(name)));
  return found.every((instances) => instances.some(({ status }) => status === 'up'));
}
