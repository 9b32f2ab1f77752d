import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { headerOf } from './words.mjs';

/** The sources whose problems a table shows. Together they are all sources. */
const GROUPS = {
  proxy: (path) => path.startsWith('apps/gateway/src/proxy/'),
  discovery: (path) => path.startsWith('apps/gateway/src/discovery/'),
  policy: (path) => path.startsWith('apps/gateway/src/policy/'),
  cache: (path) => path.startsWith('apps/gateway/src/cache/'),
  dashboard: (path) => path.startsWith('apps/gateway/src/dashboard/'),
  contracts: (path) => path.startsWith('apps/gateway/src/openapi/'),
  common: (path) => path.startsWith('libs/'),
  services: (path) => /^apps\/(?!gateway\/)/.test(path),
};

const DEFINITION = /defineProblem\(\s*'([\w-]+)',\s*(\d+),\s*'([^']+)'/g;

const sources = ['apps', 'libs'].flatMap((folder) =>
  readdirSync(folder, { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => join(folder, name).replaceAll('\\', '/')),
);

/** The problems that the sources of a group define. Their meaning is in the page. */
export const problems = { groups: Object.keys(GROUPS), table };

function table(group, language) {
  const defined = sources
    .filter(GROUPS[group])
    .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(DEFINITION)])
    .map(([, code, status, title]) => [`\`${code}\``, status, title, undefined]);
  const rows = new Map(defined.map((cells) => [cells.join(), cells])).values();
  return { header: headerOf(language, 'code', 'status', 'title', 'meaning'), rows: [...rows].sort(byStatus) };
}

const byStatus = ([code, status], [otherCode, otherStatus]) =>
  status - otherStatus || (code < otherCode ? -1 : 1);
