import { durations, sizes, wholeNumbers, type FileForm } from './file-form.js';

/** A text in the languages of the documentation. */
export interface Wording {
  readonly en: string;
  readonly ko: string;
}

/** The values that a setting accepts, and their text in metadata. */
export interface ValueKind<T> {
  /** The value of `text`; `undefined` if it is not valid. */
  read(text: string): T | undefined;
  /** The text of `value`; empty if no text stands for it. */
  write(value: T): string;
  /** The accepted texts, for the reference. */
  readonly accepted: Wording;
}

/** Values that the policy file can declare, too. */
export interface FileKind<T> extends ValueKind<T> {
  readonly file: FileForm<T>;
}

/** A setting that the metadata of an instance can declare. Types, defaults, readers and the reference derive from it. */
export interface MetadataSetting<T> {
  readonly key: string;
  readonly kind: ValueKind<T>;
  readonly standard: T;
  readonly meaning: Wording;
}

/** Settings by the member that has their value. */
export type MetadataSettings = Readonly<Record<string, MetadataSetting<unknown>>>;

export type ValuesOf<S extends MetadataSettings> = { readonly [M in keyof S]: S[M]['standard'] };

/** Infers the type of a setting from its kind. */
export const setting = <T>(
  key: string,
  kind: ValueKind<T>,
  standard: NoInfer<T>,
  meaning: Wording,
): MetadataSetting<T> => ({ key, kind, standard, meaning });

export interface IntegerKind extends FileKind<number> {
  readonly least: number;
  readonly most: number;
}

const FILE_FORMS: Readonly<Record<string, typeof wholeNumbers>> = { ms: durations, bytes: sizes };

/**
 * Whole numbers from `least` to `most`, which has at most nine digits; `unit` is a symbol such as `ms`. In the file,
 * `ms` are durations and `bytes` are sizes.
 */
export function integer(least: number, most: number, unit = ''): IntegerKind {
  const suffix = unit && ` ${unit}`;
  return {
    least,
    most,
    read: (text) => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
      return value >= least && value <= most ? value : undefined;
    },
    write: String,
    accepted: { en: `${least} to ${most}${suffix}`, ko: `${least}~${most}${suffix}` },
    file: (FILE_FORMS[unit] ?? wholeNumbers)(least, most),
  };
}

/** The values that `metadata` declares. A setting that is missing or invalid has its default. */
export function readSettings<S extends MetadataSettings>(
  settings: S,
  metadata: Readonly<Record<string, string>>,
): ValuesOf<S> {
  const values = Object.entries(settings).map(([member, { key, kind, standard }]) => {
    const text = metadata[key];
    return [member, (text === undefined ? undefined : kind.read(text)) ?? standard];
  });
  return Object.freeze(Object.fromEntries(values)) as ValuesOf<S>;
}
