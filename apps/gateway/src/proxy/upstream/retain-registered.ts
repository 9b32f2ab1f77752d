import type { LiveServiceTable } from '../../discovery/index.js';
import type { UpstreamClient } from './upstream-client.js';

const SWEEP_DELAY_MS = 1_000;

/**
 * Closes the connections to instances that have left the registry, {@link SWEEP_DELAY_MS} after the change.
 * @returns a function that stops it
 */
export function retainRegistered(services: LiveServiceTable, client: UpstreamClient): () => void {
  let sweep: NodeJS.Timeout | undefined;
  // Thousands of instances may change within a second; one sweep covers them all.
  const stopListening = services.onChange(() => {
    sweep ??= setTimeout(() => {
      sweep = undefined;
      client.retain(endpointsIn(services));
    }, SWEEP_DELAY_MS).unref();
  });
  return () => {
    stopListening();
    clearTimeout(sweep);
  };
}

const endpointsIn = (services: LiveServiceTable): Set<string> =>
  new Set(services.current.entries.flatMap(({ live }) => live.map(({ endpoint }) => endpoint)));
