import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';

/** Longest time for which the items hold up the event loop, in milliseconds. */
const SLICE_MS = 4;

/** The items; between them, the event loop turns every {@link SLICE_MS}. */
export async function* inSlices<T>(items: Iterable<T>): AsyncGenerator<T> {
  let start = performance.now();
  for (const item of items) {
    yield item;
    if (performance.now() - start < SLICE_MS) continue;
    await turn();
    start = performance.now();
  }
}
