import { setTimeout as sleep } from 'node:timers/promises';
import { urlsOf } from '#apps/gateway';
import { announceReady, type Announce, type RunningApp } from '#service-kit';

const POLL_MS = 20;

/** Announces the system once every app is ready; the gateway is when its services are in rotation. */
export const announceWhenReady: Announce = async (apps) => {
  while (!(await areReady(apps))) await sleep(POLL_MS, undefined, { ref: false });
  const [gateway] = apps;
  const urls = urlsOf(gateway);
  const seed = `npm run seed -- ${urls.clientUrl ?? urls.url}`;
  announceReady(gateway.logger, { ...urls, seed });
};

async function areReady(apps: readonly RunningApp[]): Promise<boolean> {
  const responses = await Promise.all(apps.map((app) => app.nest.inject('/health/ready')));
  return responses.every(({ statusCode }) => statusCode === 200);
}
