/** `npm run build`: builds every app into dist/. */
import './lib/node-version.mjs';
import { build } from './lib/build.mjs';

console.log(`built into dist/ in ${build()} ms`);
