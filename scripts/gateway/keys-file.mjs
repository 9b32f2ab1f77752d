import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { Document, parseDocument } from 'yaml';

const EMPTY = 'version: 1\nkeys: []\n';

/**
 * Adds an entry to a keys file, whose comments stay. The new file replaces the old one as a whole.
 * @param parse returns `{ keys }` or `{ problems }` of a text
 * @returns why it was not added; empty if it was
 */
export function addToKeysFile(path, entry, parse) {
  try {
    const target = existsSync(path) ? realpathSync(path) : path;
    const draft = `${target}.new`;
    // Fails if it exists: two commands at once would lose a key.
    const handle = openSync(draft, 'wx', existsSync(target) ? statSync(target).mode : undefined);
    try {
      const text = existsSync(target) ? readFileSync(target, 'utf8') : EMPTY;
      const { problems = [] } = parse(text);
      if (problems.length > 0)
        return problems.map(({ line, column, message }) => `${path}:${line}:${column} ${message}`);
      const changed = withEntry(text, entry);
      if (parse(changed).problems) return [`${path} cannot be changed; add the line by hand`];
      writeFileSync(handle, changed);
      renameSync(draft, target);
      return [];
    } finally {
      closeSync(handle);
      rmSync(draft, { force: true });
    }
  } catch (error) {
    return [`${path} cannot be changed (${reasonOf(error, path)})`];
  }
}

/** An entry in one line of YAML. */
export function lineOf(entry) {
  const line = new Document(entry);
  line.contents.flow = true;
  return line.toString({ lineWidth: 0 }).trim();
}

const reasonOf = ({ code, message }, path) => (code === 'EEXIST' ? `${path}.new exists` : (code ?? message));

function withEntry(text, entry) {
  if (text.trimStart().startsWith('{')) return withEntryInJson(text, entry);
  const file = parseDocument(text);
  const node = file.createNode(entry);
  node.flow = true;
  file.addIn(['keys'], node);
  const keys = file.get('keys');
  // An empty list is written as [].
  if (keys.items.length === 1) keys.flow = false;
  return file.toString({ lineWidth: 0 });
}

function withEntryInJson(text, entry) {
  const file = JSON.parse(text);
  return `${JSON.stringify({ ...file, keys: [...file.keys, entry] }, undefined, 2)}\n`;
}
