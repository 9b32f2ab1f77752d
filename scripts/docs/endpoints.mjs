import { SERVICES } from './services.mjs';
import { headerOf, WORDS } from './words.mjs';

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];
/** Below it the document of the gateway repeats those of the services. */
const MERGED = /^\/api\/(?!\{service\})/;
/** Every app has these; they are described once. */
const COMMON = /^\/(health|metrics)/;

/** The operations of an app's OpenAPI document, in which summaries are in English; `common`: those that every app has. */
export const endpoints = {
  groups: ['common', 'gateway', ...SERVICES.map(({ app }) => app.name)],
  table,
  // The path and the method.
  keyCells: 2,
};

function table(group, language, { documents }) {
  const isCommon = group === 'common';
  const { paths } = documents[isCommon ? 'gateway' : group];
  const rows = Object.entries(paths)
    .filter(([path]) => COMMON.test(path) === isCommon && !MERGED.test(path))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, operations]) => rowsOf(path, operations, language));
  return { header: headerOf(language, 'path', 'method', 'success', 'problems', 'meaning'), rows };
}

/** One row per method, or one for methods that differ in nothing else. */
function rowsOf(path, operations, language) {
  const rows = new Map();
  for (const method of METHODS.filter((each) => operations[each])) {
    const { summary, responses, parameters = [] } = operations[method];
    const statuses = Object.keys(responses).filter((status) => status !== 'default');
    const query = parameters.filter((each) => each.in === 'query').map(({ name }) => `${name}=`);
    const meaning = summary.replace(method.toUpperCase(), 'request');
    const name = method.toUpperCase();
    const same = rows.get(meaning);
    if (same) same[1] += `, ${name}`;
    else
      rows.set(meaning, [
        `\`${path}${query.length > 0 ? `?${query.join('&')}` : ''}\``,
        name,
        responses.default ? WORDS[language].any : statuses.filter((status) => status < '400').join(', '),
        statuses.filter((status) => status >= '400').join(', '),
        language === 'en' ? meaning : undefined,
      ]);
  }
  return [...rows.values()];
}
