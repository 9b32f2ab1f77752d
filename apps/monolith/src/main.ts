import { run } from '#service-kit';
import { announceWhenReady } from './announce.js';
import { mountMonolith } from './mount.js';

await run(mountMonolith, announceWhenReady);
