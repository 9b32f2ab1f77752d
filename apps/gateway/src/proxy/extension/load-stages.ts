import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '#service-kit';
import { checkFactories } from './check-factories.js';
import type { StageFactory } from './stage-api.js';

/**
 * Runs the module at `path`, an ES module or CommonJS, and returns its default export: the stages that it adds.
 * @param path relative to the working directory; only the operator may choose it, since the code of the module runs
 * @throws ConfigError if the module cannot be loaded, or exports no list of stage factories
 */
export async function loadStages(path: string): Promise<readonly StageFactory[]> {
  const full = resolve(path);
  if (!existsSync(full)) throw new ConfigError([`there is no module of stages at ${path}`]);
  const stages = defaultOf(await importFrom(pathToFileURL(full).href, path));
  if (!Array.isArray(stages))
    throw new ConfigError([`the default export of ${path} must be an array of stages`]);
  const factories = stages as readonly StageFactory[];
  checkFactories(factories);
  return factories;
}

interface Module {
  readonly default?: unknown;
  readonly __esModule?: boolean;
}

/** Compilers that write CommonJS make the default export a member of `module.exports`, and mark it. */
function defaultOf({ default: exported }: Module): unknown {
  const compiled = exported as Module | undefined;
  return compiled?.__esModule ? compiled.default : exported;
}

async function importFrom(url: string, path: string): Promise<Module> {
  try {
    return (await import(url)) as Module;
  } catch (error) {
    throw new ConfigError([`${path} cannot be loaded: ${reasonOf(error, url)}`]);
  }
}

/** The first line of the message, and the line and column of the module, if the stack names them. */
function reasonOf(error: unknown, url: string): string {
  if (!(error instanceof Error)) return String(error);
  const [reason = ''] = error.message.split('\n');
  const at = (error.stack ?? '').split(url)[1];
  const place = /^:\d+(:\d+)?/.exec(at ?? '');
  return place ? `${reason} (line ${place[0].slice(1)})` : reason;
}
