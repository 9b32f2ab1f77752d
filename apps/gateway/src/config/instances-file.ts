import { readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { isNonUnicastHost, RegisterInstanceDto } from '#contracts';

/** An instance from a file: a registration with an id and without a lease. */
export interface StaticInstance extends RegisterInstanceDto {
  readonly id: string;
}

/**
 * Content of a file. If there are problems, `instances` is empty: part of a list would take the other instances out
 * of service.
 */
export interface InstancesFile {
  readonly instances: readonly StaticInstance[];
  /** One sentence per problem, starting with a JSON pointer if it concerns an entry. */
  readonly problems: readonly string[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const failed = (...problems: readonly string[]): InstancesFile => ({ instances: [], problems });

/** An entry without an id gets the same id at every gateway with the same file. */
const idOf = ({ id, name, url }: RegisterInstanceDto): string =>
  id ?? `${name}-at-${new URL(url).host.replace(/[^A-Za-z0-9.-]+/g, '-')}`.slice(0, 128);

function problemsOf(entry: unknown, index: number): readonly string[] {
  if (!isObject(entry)) return [`/${index} must be an object`];
  if ('ttlSeconds' in entry)
    return [`/${index}/ttlSeconds must be left out: instances of the file have no lease`];
  const errors = validateSync(plainToInstance(RegisterInstanceDto, entry), {
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
  });
  const problems = errors.flatMap(({ property, constraints }) =>
    Object.values(constraints ?? {}).map((detail) => `/${index}/${property}: ${detail}`),
  );
  return problems.length > 0 ? problems : urlProblemsOf(entry as unknown as RegisterInstanceDto, index);
}

const urlProblemsOf = ({ url }: RegisterInstanceDto, index: number): readonly string[] =>
  isNonUnicastHost(new URL(url).hostname)
    ? [`/${index}/url: must not be an unspecified, multicast or broadcast address`]
    : [];

const repeatedIn = (instances: readonly StaticInstance[]): readonly string[] =>
  instances.flatMap(({ id }, index) =>
    instances.findIndex((other) => other.id === id) < index
      ? [`/${index} repeats the id of another entry: ${id}`]
      : [],
  );

/** Parses a JSON array of registrations and reports all problems. */
export function parseInstances(text: string): InstancesFile {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    return failed('the file is not valid JSON');
  }
  if (!Array.isArray(entries)) return failed('the file is not a JSON array');
  const problems = entries.flatMap(problemsOf);
  if (problems.length > 0) return failed(...problems);
  const instances = (entries as Omit<StaticInstance, never>[]).map((entry) => ({
    ...entry,
    id: idOf(entry),
  }));
  const repeated = repeatedIn(instances);
  return repeated.length > 0 ? failed(...repeated) : { instances, problems: [] };
}

/** The problems of the file at `path`, before any app has started. */
export function problemsOfFile(path: string): readonly string[] {
  try {
    return parseInstances(readFileSync(path, 'utf8')).problems;
  } catch {
    return ['the file cannot be read'];
  }
}
