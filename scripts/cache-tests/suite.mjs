import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Most tests only wait. More of them would delay each other beyond the lifetimes of one second that they use. */
const TESTS_AT_ONCE = 100;

/**
 * The suite in a folder: version 0.4.5 of the package, or a clone of its repository.
 * @param id the only test to run
 * @returns its `origin`, its `tests`, the `server` program and `run(baseUrl)`, which returns the results by test
 */
export async function loadSuite(folder, id) {
  const directory = resolve(folder);
  const isPackage = existsSync(join(directory, 'cli.mjs'));
  const engine = join(directory, isPackage ? '' : 'test-engine');
  const load = (path) => import(pathToFileURL(path).href);
  const { runTests, getResults } = await load(join(engine, 'client/runner.mjs'));
  const groups = await groupsOf(directory, isPackage, load);
  const chosen = id === undefined ? groups : groupWith(groups, id);
  const client = isPackage ? createRequire(join(directory, 'package.json'))('node-fetch') : globalThis.fetch;
  return {
    origin: isPackage ? 'package' : 'repository',
    directory,
    server: join(engine, 'server/server.mjs'),
    tests: chosen.flatMap(({ tests }) => tests).filter((test) => !test.browser_only),
    async run(baseUrl) {
      const fetch = behindPrefix(client, new URL(baseUrl).pathname);
      if (isPackage) await runTests(chosen, fetch, false, baseUrl, TESTS_AT_ONCE);
      else {
        globalThis.fetch = fetch;
        await runTests(chosen, false, baseUrl, TESTS_AT_ONCE);
      }
      return getResults();
    },
  };
}

/** The command line of version 0.4.5 adds the group of Surrogate-Control itself. */
async function groupsOf(directory, isPackage, load) {
  const { default: groups } = await load(join(directory, 'tests/index.mjs'));
  if (!isPackage) return groups;
  const { default: surrogates } = await load(join(directory, 'tests/surrogate-control.mjs'));
  return [...groups, surrogates];
}

function groupWith(groups, id) {
  for (const group of groups) {
    const test = group.tests.find((each) => each.id === id);
    if (test) return [{ ...group, tests: [{ ...test, dump: true }] }];
  }
  throw new Error(`the suite has no test "${id}"`);
}

/**
 * A client that does not see the path prefix of the gateway. The suite compares each field with the one that its server
 * sent, and the gateway moves `Location` and `Content-Location` under the prefix.
 */
function behindPrefix(fetch, prefix) {
  return async (url, init) => {
    const response = await fetch(url, init);
    const headers = new response.headers.constructor(response.headers);
    for (const name of ['location', 'content-location']) {
      const value = headers.get(name);
      if (value?.startsWith(`${prefix}/`)) headers.set(name, value.slice(prefix.length));
    }
    const { status, statusText } = response;
    return { status, statusText, headers, text: () => response.text() };
  };
}
