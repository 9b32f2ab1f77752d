// Prints the section of CHANGELOG.md of one version. Usage: node scripts/release-notes.mjs 1.2.3
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './lib/root.mjs';

const textOf = (name) => readFileSync(join(ROOT, name), 'utf8');

/** The text below the heading `## [version]`, up to the next heading of that level. @throws if there is none, or it is empty */
function sectionOf(version, changelog) {
  const [, ...sections] = changelog.split(/^## /m);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  const notes = section?.slice(section.indexOf('\n')).trim();
  if (!notes) throw new Error(`CHANGELOG.md has no section "## [${version}]" with text`);
  return notes;
}

try {
  const [version] = process.argv.slice(2);
  const { version: packaged } = JSON.parse(textOf('package.json'));
  if (version !== packaged) throw new Error(`package.json has version ${packaged}, not ${version}`);
  console.log(sectionOf(version, textOf('CHANGELOG.md')));
} catch ({ message }) {
  console.error(`release-notes: ${message}`);
  process.exitCode = 1;
}
