import type { LiveServiceTable } from '../../../discovery/index.js';
import type { UpstreamClient } from './upstream-client.js';

const SWEEP_DELAY_MS = 1_000;

/** Closes connections to instances that have left, soon after they have; returns how to stop. */
export function retainRegistered(services: LiveServiceTable, client: UpstreamClient): () => void {
  let sweep: NodeJS.Timeout | undefined;
  // Thousands of instances may come and go in one second: look once.
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
