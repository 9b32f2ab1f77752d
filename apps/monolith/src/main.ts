import { run } from '#service-kit';
import { mountMonolith } from './mount.js';

await run(mountMonolith);
