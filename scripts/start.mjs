/** `npm start`: runs the whole system in this process. Installs and builds a fresh clone first. */
import './lib/node-version.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { followParent } from './lib/follow-parent.mjs';

await ensureBuilt();
process.setSourceMapsEnabled(true);
await import('../dist/apps/monolith/src/main.js');
followParent();
