import type { Clock } from '../clock.js';
import type { RegistryStore } from '../store/registry-store.js';
import type { ProbeAnswer } from './instance-probe.js';

/** Keeps what a probe said for `lastProbe`. */
export async function noteProbe(
  store: RegistryStore,
  clock: Clock,
  id: string,
  { ok, latencyMs }: ProbeAnswer,
): Promise<void> {
  await store.noteProbe(id, { at: new Date(clock.now()).toISOString(), ok, latencyMs });
}
