import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readServiceConfig, type Env } from '#service-kit';
import { ROOT } from '#testing';
import { readGatewayConfig } from './config/gateway.config.js';
import { METADATA_SECTIONS } from './policy/policy-of-metadata.js';

const page = (name: string): string => readFileSync(join(ROOT, 'docs/reference', name), 'utf8');

/** The cells of the table rows of a page. */
const rowsOf = (text: string): string[][] =>
  [...text.matchAll(/^\| (.+) \|$/gm)].map(([, row]) => row!.split(' | '));

/** What stands in backquotes. */
const codesIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);

describe('docs/reference/metadata.md', () => {
  const rows = rowsOf(page('metadata.md')).filter(([key]) => key!.startsWith('`gateway.'));
  const keys = rows.map(([key]) => codesIn(key)[0]!);

  it('has every key once, and no other', () => {
    const settings = Object.values(METADATA_SECTIONS).flatMap((section) => Object.values(section));
    expect([...keys].sort()).toEqual(settings.map(({ key }) => key).sort());
  });
});

describe('docs/reference/configuration.md', () => {
  const sections = page('configuration.md').split(/^## /m);

  /** The variables of the sections with these titles. */
  const documented = (...titles: string[]): string[] =>
    sections
      .filter((section) => titles.some((title) => section.startsWith(`${title}\n`)))
      .flatMap((section) => rowsOf(section).flatMap(([names]) => codesIn(names)))
      .sort();

  it('has every variable of the gateway, and no other', () => {
    expect(documented('Every app', 'Gateway')).toEqual(variablesOf(readGatewayConfig));
  });

  it('has every variable of the services, and no other', () => {
    const ports = ['USER_SERVICE_PORT', 'ORDER_SERVICE_PORT', 'PRODUCT_SERVICE_PORT'];
    const variables = ports.flatMap((name) => variablesOf((env) => readServiceConfig(env, name, 0)));
    expect(documented('Every app', 'Services')).toEqual([...new Set(variables)].sort());
  });
});

/** The variables that `read` looks up. Each is looked up in a file, too: that tells them from other properties. */
function variablesOf(read: (env: Env) => unknown): string[] {
  const names = new Set<string>();
  read(new Proxy<Env>({}, { get: (_env, name) => void names.add(String(name)) }));
  return [...names].filter((name) => names.has(`${name}_FILE`)).sort();
}

describe('docs/reference/endpoints.md', () => {
  it('has every problem type with its status, and no other', () => {
    const rows = rowsOf(page('endpoints.md')).filter(([status]) => /^\d{3}/.test(status!));
    const documented = rows.flatMap(([statuses, codes]) => {
      const all = statuses!.split(', ');
      return codesIn(codes).map((code, index) => `${all[index] ?? all[0]} ${code}`);
    });
    expect([...new Set(documented)].sort()).toEqual(problemTypes());
  });
});

/** `404 not-found` for each problem that the sources of the apps and libraries define. */
function problemTypes(): string[] {
  const sources = ['apps', 'libs'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { encoding: 'utf8', recursive: true })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => readFileSync(join(ROOT, folder, name), 'utf8')),
  );
  const defined = sources.flatMap((source) => [...source.matchAll(/defineProblem\(\s*'([\w-]+)',\s*(\d+)/g)]);
  return [...new Set(defined.map(([, code, status]) => `${status} ${code}`))].sort();
}
