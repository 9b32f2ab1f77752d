import { existsSync, readFileSync } from 'node:fs';
import { renderer, wordForms } from './render.mjs';
import { importedNames, newFiles } from './templates.mjs';

const WORD = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Names of roles, databases and secrets are made of it, and PostgreSQL has 63 characters for a name. */
const MOST_CHARACTERS = 30;
/** Paths that every service has. */
const OWN_PATHS = ['health', 'metrics', 'docs'];

/** The name is wrong or taken; the message is for the user. */
export class NameError extends Error {}

/**
 * The singular and plural of a service's resource.
 * @throws NameError
 */
export function readName(singular, plural = pluralOf(singular)) {
  for (const word of [singular, plural]) checkWord(word);
  must(!/(^|-)service$/.test(singular), `"${singular}": name what the service stores, without "service"`);
  must(singular !== plural, `the plural of "${singular}" must differ from it: set --plural`);
  must(!OWN_PATHS.includes(plural), `"${plural}": every service has a path /${plural} already`);
  const name = { singular, plural };
  checkIdentifiers(name);
  checkFree(name);
  return name;
}

function checkWord(word) {
  must(
    WORD.test(word) && word.length <= MOST_CHARACTERS,
    `"${word}" is not a valid name: lower-case letters, digits and single hyphens, a letter first, at most ${MOST_CHARACTERS} characters`,
  );
}

/** The code of a service imports names such as `Post`, which must not be those of its own types. */
function checkIdentifiers(name) {
  const imported = importedNames();
  const clash = wordForms(name.singular, name.plural).find((form) => imported.has(form));
  must(
    clash === undefined,
    `"${name.singular}": the code of every service has another ${clash}; choose a longer name`,
  );
}

function checkFree(name) {
  const render = renderer(name, 0);
  const app = render('sample-item-service');
  const { projects } = JSON.parse(readFileSync('nest-cli.json', 'utf8'));
  const taken = newFiles(render).find(({ path }) => existsSync(path));
  must(!(app in projects), `${app} is taken: nest-cli.json has a project of this name`);
  must(taken === undefined, `${app} is taken: ${taken?.path} exists`);
}

function pluralOf(word) {
  if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, 'ies');
  return word + (/(s|x|z|ch|sh)$/.test(word) ? 'es' : 's');
}

function must(condition, message) {
  if (!condition) throw new NameError(message);
}
