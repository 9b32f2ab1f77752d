import { cleanEnv, makeValidator, type CleanedEnv, type ReporterOptions } from 'envalid';
import { ConfigError } from './config-error.js';
import { readVariables, type Env } from './variables.js';

export type { Env };

type Specs = Parameters<typeof cleanEnv>[1];

// Names only, never values: a mistyped secret must not appear in a log.
function nameEveryBadVariable({ errors }: ReporterOptions<unknown>, others: readonly string[]): void {
  const problems = [...others, ...Object.keys(errors).map((name) => describe(name, errors))];
  if (problems.length > 0) throw new ConfigError(problems);
}

const describe = (name: string, errors: Readonly<Record<string, unknown>>): string => {
  const { message } = errors[name] as Error;
  return message.startsWith(EXPECTED) ? `${name} ${message}` : `${name} is missing or malformed`;
};

const EXPECTED = 'must be ';

/**
 * Reads the variables of `specs` once, each from the variable or from the file named by its `…_FILE`, and freezes
 * them.
 * @throws ConfigError that names every invalid variable.
 */
export function readEnv<S extends Specs>(env: Env, specs: S): CleanedEnv<S> {
  const { values, problems } = readVariables(env, Object.keys(specs as object));
  return cleanEnv(values, specs, { reporter: (report) => nameEveryBadVariable(report, problems) });
}

/**
 * Creates a validator for another kind of variable. `parse` returns `undefined` for an input that is not `expected`.
 */
export function parsed<T>(expected: string, parse: (input: string) => T | undefined) {
  return makeValidator<T>((input) => {
    const value = parse(input.trim());
    if (value === undefined) throw new Error(EXPECTED + expected);
    return value;
  });
}

const wholeNumber = (input: string, min: number, max: number): number | undefined => {
  const value = /^\d{1,15}$/.test(input) ? Number(input) : NaN;
  return value >= min && value <= max ? value : undefined;
};

/** A whole number from `min` to `max`. */
export const integer = (min: number, max: number) =>
  parsed(`a whole number from ${min} to ${max}`, (input) => wholeNumber(input, min, max));

/** A TCP port; 0 lets the system select a free one. */
export const port = integer(0, 65535);

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration such as `500ms`, `90s`, `15m`, `24h` or `7d`; the value is in milliseconds. */
export const duration = parsed<number>('a duration such as 500ms, 90s, 15m, 24h or 7d', (input) => {
  const [, count, unit = ''] = /^(\d{1,9})(ms|[smhd])$/.exec(input) ?? [];
  return count === undefined ? undefined : Number(count) * (UNIT_MS[unit] ?? NaN);
});

/** One of `values`, compared without regard to case. */
export const oneOf = <T extends string>(...values: readonly T[]) =>
  parsed<T>(`one of ${values.join(', ')}`, (input) =>
    values.find((value) => value.toLowerCase() === input.toLowerCase()),
  );

/** A URL whose scheme is one of `schemes`. */
export const url = (...schemes: readonly string[]) =>
  parsed<string>(`a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`, (input) =>
    URL.canParse(input) && schemes.includes(new URL(input).protocol.slice(0, -1)) ? input : undefined,
  );

/** A text that matches `pattern`; `expected` describes the pattern. */
export const matching = (expected: string, pattern: RegExp) =>
  parsed<string>(expected, (input) => (pattern.test(input) ? input : undefined));

/** Any text that is not empty. */
export const text = parsed<string>('a string that is not blank', (input) => input || undefined);

/** A token for `Authorization: Bearer`. A token with a blank or a character beyond ASCII would never be recognised. */
export const bearerToken = matching('visible ASCII characters without spaces', /^[\x21-\x7e]+$/);

/** A comma-separated list in which `isEntry` holds for every entry; `entries` is the plural for the error text. */
export const list = (entries: string, isEntry: (entry: string) => boolean) =>
  parsed<readonly string[]>(`a list of ${entries}, separated by commas`, (input) => {
    const parts = input.split(',').map((part) => part.trim());
    return parts.every(isEntry) ? parts : undefined;
  });
