/**
 * `npm run docs`: writes the tables of docs/reference and docs/ko/reference, the schema and the types of the policy file,
 * the types of the services' clients, and the API reference of the packages, from the code. A text that the code does not
 * have, such as the meaning of a problem, is in the page itself and stays. With `-- --check` nothing is written: pages that
 * are out of date end the command with an error.
 */
import './lib/node-version.mjs';
import { writeFileSync } from 'node:fs';
import { ensureBuilt } from './lib/build.mjs';

await ensureBuilt();
const { generatedPages } = await import('./docs/pages.mjs');

const isCheck = process.argv.includes('--check');
const pages = await generatedPages();
const stale = pages.filter(({ text, generated }) => text !== generated);
for (const { path, generated } of isCheck ? [] : stale) writeFileSync(path, generated);
for (const { path } of stale)
  console.log(`${path} ${isCheck ? 'is out of date: run `npm run docs`' : 'written'}`);
if (!isCheck && stale.length > 0)
  console.log('Texts that the code does not define are unchanged: review them where a row changed.');

const gaps = pages.flatMap(({ path, gaps }) => gaps.map((gap) => `${path} lacks ${gap}`));
for (const gap of gaps) console.error(gap);
if (gaps.length > 0 || (isCheck && stale.length > 0)) process.exitCode = 1;
