import { readFileSync } from 'node:fs';
import { POLICY_JSON_SCHEMA } from '../../dist/apps/gateway/src/policy/policy-json-schema.js';
import { clientTypes } from './client-types.mjs';
import { apiPages } from './api.mjs';
import { endpoints } from './endpoints.mjs';
import { metadata } from './metadata.mjs';
import { metrics } from './metrics.mjs';
import { policies } from './policies.mjs';
import { POLICY_TYPES_FILE, policyTypesSource } from './policy-types.mjs';
import { PROBLEM_TYPES_FILE, problemTypesSource } from './problem-types.mjs';
import { problems } from './problems.mjs';
import { describeSystem } from './system.mjs';
import { variables } from './variables.mjs';

const FOLDERS = { en: 'docs/reference', ko: 'docs/ko/reference' };

/** The pages and what generates their tables, one table for each of `groups`. */
const PAGES = { configuration: variables, endpoints, metadata, metrics, policies, problems };

/** Editors read it, so it has no translation. */
const POLICY_SCHEMA = 'docs/reference/gateway.schema.json';

/** `<!-- generated:begin GROUP -->` and the table up to the end marker. */
const BLOCK = /(<!-- generated:begin ([\w-]+) -->\n)([\s\S]*?)(<!-- generated:end -->)/g;

/** Every page: its text, the text with tables from the code, and the gaps that must be filled by hand. */
export async function generatedPages() {
  const system = await describeSystem();
  const pages = Object.entries(FOLDERS).flatMap(([language, folder]) =>
    Object.entries(PAGES).map(([name, { groups, table, keyCells }]) => {
      const path = `${folder}/${name}.md`;
      return {
        path,
        ...generatedPage(path, groups, (group) => ({ keyCells, ...table(group, language, system) })),
      };
    }),
  );
  const textOf = (folder) => pages.find(({ path }) => path === `${folder}/problems.md`).generated;
  const problemTypes = await problemTypesSource({ en: textOf(FOLDERS.en), ko: textOf(FOLDERS.ko) });
  return [
    ...pages,
    generatedFile(POLICY_SCHEMA, `${JSON.stringify(POLICY_JSON_SCHEMA, undefined, 2)}\n`),
    generatedFile(POLICY_TYPES_FILE, await policyTypesSource(POLICY_JSON_SCHEMA)),
    generatedFile(PROBLEM_TYPES_FILE, problemTypes),
    ...(await clientTypes(system.documents)).map(({ path, source }) => generatedFile(path, source)),
    ...(await apiPages()).map(({ path, text }) => generatedFile(path, text)),
  ];
}

/** A file that is generated as a whole. */
const generatedFile = (path, generated) => ({
  path,
  text: readFileSync(path, 'utf8'),
  generated,
  gaps: [],
});

function generatedPage(path, groups, tableOf) {
  const text = readFileSync(path, 'utf8');
  const missing = new Set(groups);
  const gaps = [];
  const generated = text.replace(BLOCK, (_block, begin, group, previous, end) => {
    missing.delete(group);
    const { header, rows } = completeTable(tableOf(group), previous, gaps);
    return begin + markdown(header, rows) + end;
  });
  return { text, generated, gaps: [...gaps, ...[...missing].map((group) => `the markers of ${group}`)] };
}

/** The table with each last cell that is `undefined` taken from `previous`, where the first `keyCells` cells are the same. */
function completeTable({ header, rows, keyCells = 1 }, previous, gaps) {
  const keyOf = (cells) => cells.slice(0, keyCells).join(' ');
  const kept = new Map(rowsOf(previous).map((cells) => [keyOf(cells), cells.at(-1)]));
  const complete = rows.map((cells) => cells.with(-1, cells.at(-1) ?? kept.get(keyOf(cells)) ?? ''));
  const incomplete = complete.filter((cells) => cells.at(-1) === '');
  gaps.push(...incomplete.map((cells) => `the last cell of ${keyOf(cells)}`));
  return { header, rows: complete };
}

const rowsOf = (table) => [...table.matchAll(/^\| (.*) \|$/gm)].map(([, row]) => row.split(' | '));

const line = (cells) => `| ${cells.join(' | ')} |\n`;

const markdown = (header, rows) =>
  [line(header), `|${'---|'.repeat(header.length)}\n`, ...rows.map(line)].join('');
