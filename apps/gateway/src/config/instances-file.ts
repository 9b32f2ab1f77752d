import { readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { isNonUnicastHost, RegisterInstanceDto } from '#contracts';
import { DNS_NAME_FORMS, dnsNameOf, isDnsUrl, type DnsName } from './dns-name.js';

/** An instance from a file: a registration with an id and without a lease. */
export interface StaticInstance extends RegisterInstanceDto {
  readonly id: string;
  /** Where requests go, if DNS told it; `undefined`: to the address of the URL. */
  readonly address?: string;
}

/** An entry whose URL is a DNS name: each of its addresses is an instance. The id is that of the entry. */
export interface DnsEntry extends RegisterInstanceDto {
  readonly id: string;
  readonly dns: DnsName;
}

/**
 * Content of a file. If there are problems, `instances` is empty: part of a list would take the other instances out
 * of service.
 */
export interface InstancesFile {
  readonly instances: readonly StaticInstance[];
  readonly dnsEntries: readonly DnsEntry[];
  /** One sentence per problem, starting with a JSON pointer if it concerns an entry. */
  readonly problems: readonly string[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const failed = (...problems: readonly string[]): InstancesFile => ({
  instances: [],
  dnsEntries: [],
  problems,
});

/** An entry without an id gets the same id at every gateway with the same file. */
const idOf = ({ id, name, url }: RegisterInstanceDto): string =>
  id ?? `${name}-at-${new URL(url).host.replace(/[^A-Za-z0-9.-]+/g, '-')}`.slice(0, 128);

function problemsOf(entry: unknown, index: number): readonly string[] {
  if (!isObject(entry)) return [`/${index} must be an object`];
  if ('ttlSeconds' in entry)
    return [`/${index}/ttlSeconds must be left out: instances of the file have no lease`];
  if (isDnsUrl(entry.url)) return dnsProblemsOf(entry, entry.url, index);
  const problems = memberProblemsOf(entry, index);
  return problems.length > 0 ? problems : urlProblemsOf(String(entry.url), index);
}

function memberProblemsOf(entry: object, index: number): readonly string[] {
  const errors = validateSync(plainToInstance(RegisterInstanceDto, entry), {
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
  });
  return errors.flatMap(({ property, constraints }) =>
    Object.values(constraints ?? {}).map((detail) => `/${index}/${property}: ${detail}`),
  );
}

/** Stands for the URL of an entry whose other members are checked. */
const ANY_URL = 'http://any.invalid';

function dnsProblemsOf(entry: Record<string, unknown>, url: string, index: number): readonly string[] {
  const dns = dnsNameOf(url);
  return [
    ...(dns ? [] : [`/${index}/url: must be ${DNS_NAME_FORMS}`]),
    ...('id' in entry ? [`/${index}/id must be left out: each address of the DNS name gets its own`] : []),
    ...('weight' in entry && dns && dns.port === undefined
      ? [`/${index}/weight must be left out: SRV records have weights`]
      : []),
    ...memberProblemsOf({ ...entry, url: ANY_URL }, index),
  ];
}

const urlProblemsOf = (url: string, index: number): readonly string[] =>
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
  const valid = (entries as Omit<RegisterInstanceDto, never>[]).map((entry) => ({
    ...entry,
    id: idOf(entry),
  }));
  const repeated = repeatedIn(valid);
  if (repeated.length > 0) return failed(...repeated);
  return {
    instances: valid.filter(({ url }) => !isDnsUrl(url)),
    dnsEntries: valid.flatMap((entry) => {
      const dns = dnsNameOf(entry.url);
      return dns ? [{ ...entry, dns }] : [];
    }),
    problems: [],
  };
}

/** The problems of the file at `path`, before any app has started. */
export function problemsOfFile(path: string): readonly string[] {
  try {
    return parseInstances(readFileSync(path, 'utf8')).problems;
  } catch {
    return ['the file cannot be read'];
  }
}
