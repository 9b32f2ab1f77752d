import { readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { isNonUnicastHost, RegisterInstanceDto } from '#contracts';

/** An instance that a file names: a registration whose id is known, and that has no lease. */
export interface StaticInstance extends RegisterInstanceDto {
  readonly id: string;
}

/** What a file says. With problems there are no instances: half a list would take the other half out of service. */
export interface InstancesFile {
  readonly instances: readonly StaticInstance[];
  /** A sentence each, which begins with a JSON pointer. */
  readonly problems: readonly string[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const failed = (...problems: readonly string[]): InstancesFile => ({ instances: [], problems });

/** An entry without an id has one that every gateway with the same file finds, too. */
const idOf = ({ id, name, url }: RegisterInstanceDto): string =>
  id ?? `${name}-at-${new URL(url).host.replace(/[^A-Za-z0-9.-]+/g, '-')}`.slice(0, 128);

function problemsOf(entry: unknown, index: number): readonly string[] {
  if (!isObject(entry)) return [`/${index} must be an object`];
  if ('ttlSeconds' in entry) return [`/${index}/ttlSeconds must be left out: what is in a file has no lease`];
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
      ? [`/${index} has the id of another entry: ${id}`]
      : [],
  );

/** Reads a JSON array of registrations, and names everything that is wrong with it at once. */
export function parseInstances(text: string): InstancesFile {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    return failed('it is not JSON');
  }
  if (!Array.isArray(entries)) return failed('it is not a JSON array');
  const problems = entries.flatMap(problemsOf);
  if (problems.length > 0) return failed(...problems);
  const instances = (entries as Omit<StaticInstance, never>[]).map((entry) => ({
    ...entry,
    id: idOf(entry),
  }));
  const repeated = repeatedIn(instances);
  return repeated.length > 0 ? failed(...repeated) : { instances, problems: [] };
}

/** What is wrong with the file at `path`, before anything has started. */
export function problemsOfFile(path: string): readonly string[] {
  try {
    return parseInstances(readFileSync(path, 'utf8')).problems;
  } catch {
    return ['it cannot be read'];
  }
}
