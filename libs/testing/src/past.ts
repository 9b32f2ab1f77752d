import type { InstanceAt, InstanceView } from '#contracts';
import { waitFor } from './wait-for.js';

/** What the record of the registry has of an instance: its lease and its health checks are not recorded. */
export const recordedPart = (view: InstanceView): InstanceAt => ({
  id: view.id,
  name: view.name,
  url: view.url,
  transport: view.transport,
  version: view.version,
  weight: view.weight,
  healthPath: view.healthPath,
  metadata: view.metadata,
  status: view.status,
  statusReason: view.statusReason,
});

/** Resolves between two changes, with a time (ISO 8601) after the first and before the second. */
export async function timeBetweenChanges(): Promise<string> {
  const before = Date.now();
  await waitFor('the next millisecond', () => Date.now() > before);
  const now = new Date().toISOString();
  await waitFor('the millisecond after', () => Date.now() > before + 1);
  return now;
}
