/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** How the values of a setting stand in the policy file. */
export interface FileForm<T> {
  /** The setting that a value of the file stands for; `undefined` if the value is not valid. */
  read(value: unknown): T | undefined;
  /** The value of the file that stands for `setting`. */
  write(setting: T): unknown;
  /** The accepted values, as they follow "must be". */
  readonly accepted: string;
  readonly schema: JsonSchema;
}

/** Whole numbers from `least` to `most`. */
export const wholeNumbers = (least: number, most: number): FileForm<number> => ({
  read: (value) => (Number.isInteger(value) ? inRange(Number(value), least, most) : undefined),
  write: (setting) => setting,
  accepted: `a whole number from ${least} to ${most}`,
  schema: { type: 'integer', minimum: least, maximum: most },
});

/** Durations in milliseconds, written as in Gateway API: `500ms`, `10s`, `1m30s`. */
export const durations = (least: number, most: number): FileForm<number> =>
  measures({ units: DURATION_UNITS, parts: 4, zero: '0s' }, 'a duration', least, most);

/** Sizes in bytes, written as `512B`, `64KiB`, `10MiB`. */
export const sizes = (least: number, most: number): FileForm<number> =>
  measures({ units: SIZE_UNITS, parts: 1, zero: '0B' }, 'a size', least, most);

/** Texts, read and written by `kind`. */
export const texts = <T>(
  kind: { read(text: string): T | undefined; write(setting: T): string },
  accepted: string,
  schema: JsonSchema,
): FileForm<T> => ({
  read: (value) => (typeof value === 'string' ? kind.read(value) : undefined),
  write: (setting) => kind.write(setting),
  accepted,
  schema: { type: 'string', ...schema },
});

/** Units with their factors, the largest first. */
type Units = Readonly<Record<string, number>>;

const DURATION_UNITS: Units = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
const SIZE_UNITS: Units = { GiB: 1_073_741_824, MiB: 1_048_576, KiB: 1024, B: 1 };

const inRange = (value: number, least: number, most: number): number | undefined =>
  value >= least && value <= most ? value : undefined;

/** A notation of numbers with units. */
interface Notation {
  readonly units: Units;
  /** Maximum numbers of one value: `1m30s` has two. */
  readonly parts: number;
  readonly zero: string;
}

function measures(notation: Notation, what: string, least: number, most: number): FileForm<number> {
  const { units, parts } = notation;
  // Smallest first: `ms` begins like `m`.
  const unit = `(?:${Object.keys(units).reverse().join('|')})`;
  const pattern = `^(?:[0-9]{1,9}${unit}){1,${parts}}$`;
  const [whole, part] = [new RegExp(pattern), new RegExp(`([0-9]+)(${unit})`, 'g')];
  return texts(
    {
      read: (text) =>
        whole.test(text) ? inRange(sumOf(text.matchAll(part), units), least, most) : undefined,
      write: (value) => measureText(value, notation),
    },
    `${what} from ${measureText(least, notation)} to ${measureText(most, notation)}`,
    { pattern },
  );
}

const sumOf = (found: Iterable<RegExpMatchArray>, units: Units): number =>
  Array.from(found, ([, count, unit = '']) => Number(count) * (units[unit] ?? NaN)).reduce((a, b) => a + b);

/** With one part, the largest unit that needs no fraction. */
function measureText(value: number, { units, parts, zero }: Notation): string {
  let rest = value;
  let text = '';
  for (const [unit, factor] of Object.entries(units)) {
    if (rest < factor || (parts === 1 && rest % factor > 0)) continue;
    text += `${Math.floor(rest / factor)}${unit}`;
    rest %= factor;
  }
  return text || zero;
}
