import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from '#registry-client';
import type { RunningApp } from '#service-kit';

const POLL_MS = 20;

/** Prints the gateway's URL on standard output once every app is ready and every service has an instance that is up. */
export async function announceWhenReady(apps: readonly RunningApp[], registry: Registry): Promise<void> {
  const [gateway, ...services] = apps;
  while (!(await areReady(apps)) || !(await areUp(services, registry)))
    await sleep(POLL_MS, undefined, { ref: false });
  console.log(`ready: open ${gateway?.url ?? ''}`);
}

async function areReady(apps: readonly RunningApp[]): Promise<boolean> {
  const responses = await Promise.all(apps.map((app) => app.nest.inject('/health/ready')));
  return responses.every(({ statusCode }) => statusCode === 200);
}

async function areUp(services: readonly RunningApp[], registry: Registry): Promise<boolean> {
  const found = await Promise.all(services.map(({ name }) => registry.instances(name)));
  return found.every((instances) => instances.some(({ status }) => status === 'up'));
}
