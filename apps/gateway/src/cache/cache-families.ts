import { counterFamily, gaugeFamily, type MetricFamily } from '#service-kit';
import type { ResponseCache } from './response-cache.js';

/** Metrics of the stored responses. */
export const cacheFamilies = ({ bytes, entries, evictions }: ResponseCache): readonly MetricFamily[] => [
  gaugeFamily('gateway_cache_bytes', 'Estimated memory of stored responses.', [[{}, bytes]]),
  gaugeFamily('gateway_cache_entries', 'Keys with stored responses.', [[{}, entries]]),
  counterFamily('gateway_cache_evictions', 'Keys dropped for lack of memory.', [[{}, evictions]]),
];
