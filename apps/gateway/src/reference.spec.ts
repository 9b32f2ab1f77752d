import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readServiceConfig, type Env } from '#service-kit';
import { ROOT } from '#testing';
import { readGatewayConfig } from './config/gateway.config.js';

/** The cells of the table rows of a page. */
const rowsOf = (text: string): string[][] =>
  [...text.matchAll(/^\| (.+) \|$/gm)].map(([, row]) => row!.split(' | '));

/** The text in backquotes. */
const codesIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);

describe('docs/reference/configuration.md', () => {
  const sections = readFileSync(join(ROOT, 'docs/reference/configuration.md'), 'utf8').split(/^## /m);

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

/** The variables that `read` looks up. Each is looked up in a file, too: this distinguishes them from other properties. */
function variablesOf(read: (env: Env) => unknown): string[] {
  const names = new Set<string>();
  read(new Proxy<Env>({}, { get: (_env, name) => void names.add(String(name)) }));
  return [...names].filter((name) => names.has(`${name}_FILE`)).sort();
}
