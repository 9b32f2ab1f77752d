import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import '../lib/root.mjs';

const FOLDER = 'scripts/new-service/templates';

/** The files of the service `sample-item-service`, by their paths in the workspace; those of `docs/` are added to pages. */
const TEMPLATES = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => join(parentPath, name).slice(FOLDER.length + 1))
  .sort();

export const readTemplate = (path) => readFileSync(join(FOLDER, path), 'utf8');

const COMMENTS_AND_TEXTS = /\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g;

/** The new files of a service: a path and a text for each. */
export const newFiles = (render) =>
  TEMPLATES.filter((path) => !path.startsWith('docs/')).map((path) => ({
    path: render(path),
    text: render(readTemplate(path)),
  }));

/** Names of types and constants in the templates, besides those that are made of the name of the service. */
export function importedNames() {
  const code = TEMPLATES.filter((path) => path.endsWith('.ts'))
    .map(readTemplate)
    .join('\n');
  return new Set(code.replace(COMMENTS_AND_TEXTS, '').match(/\b[A-Z]\w*/g));
}
