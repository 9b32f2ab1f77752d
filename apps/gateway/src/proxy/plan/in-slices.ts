import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';

/**
 * Time after which the event loop turns, in milliseconds. A turn is longer by one item, or by what the items need to
 * begin: the first ones are slow, because their routes are compiled.
 */
const SLICE_MS = 2;

/** The items; before each of them, the event loop turns if the time since its last turn is over. */
export async function* inSlices<T>(items: Iterable<T>): AsyncGenerator<T> {
  let start = performance.now();
  for (const item of items) {
    if (performance.now() - start >= SLICE_MS) {
      await turn();
      start = performance.now();
    }
    yield item;
  }
}
