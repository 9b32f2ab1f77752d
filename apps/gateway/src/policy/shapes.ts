import type { Node } from 'yaml';
import type { FileForm, JsonSchema } from '../config/file-form.js';
import type { Wording } from '../config/metadata-setting.js';
import { hintFor } from './nearest-name.js';
import type { StageValidators } from './stage-settings.js';
import { shown, type Member, type YamlSource } from './yaml-source.js';

/** What values of the file may refer to. */
export interface FileContext {
  /** Names of the authentication providers of the file. */
  readonly providers: ReadonlySet<string>;
  /** Header fields that authentication providers set, as `spelled` returns them. */
  readonly identityFields: ReadonlySet<string>;
  /** Reads a file that the policy file names; its path is relative to the folder of the policy file. */
  readonly readFile: (path: string) => { readonly text: string } | { readonly problem: string };
  /** Header fields that carry API keys, as `spelled` returns them. */
  readonly keyFields: ReadonlySet<string>;
  readonly stages: StageValidators;
}

/** The context of a file that refers to nothing. */
export const NO_CONTEXT: FileContext = {
  providers: new Set(),
  identityFields: new Set(),
  keyFields: new Set(),
  stages: undefined,
  readFile: () => ({ problem: 'the file cannot be read' }),
};

/** A value of the policy file and where it stands. */
export interface Place {
  readonly source: YamlSource;
  /** The value; the key of a member without value. */
  readonly node: Node;
  /** Its members from the root, such as `services.users.cors`. */
  readonly path: string;
  readonly context: FileContext;
}

/** How values stand in the policy file. */
export interface Shape<T> {
  /** The value at `place`; `undefined` if problems were reported. */
  read(place: Place): T | undefined;
  /** The accepted values, as they follow "must be". */
  readonly accepted: string;
  readonly schema: JsonSchema;
  /** The text in the file that stands for a value; absent where the value is that text. */
  readonly write?: (value: never) => unknown;
  /** The members of a mapping and everything in them, for the reference. */
  readonly parts?: readonly Part[];
}

/** A member somewhere in a value. */
export interface Part {
  /** The names that lead to it; `[]` stands for an item of a list, `NAME` for any name. */
  readonly path: string;
  readonly member: MemberShape<unknown>;
}

/** A member of a {@link mapping}. */
export interface MemberShape<T> {
  readonly shape: Shape<unknown>;
  readonly meaning: Wording;
  readonly isRequired: boolean;
  /** The value of a member that is absent. */
  readonly standard: T;
}

type MemberShapes = Readonly<Record<string, MemberShape<unknown>>>;

/** The type of the values of a shape. */
export type ValueOf<S> = S extends Shape<infer T> ? T : never;

type Values<M extends MemberShapes> = {
  readonly [K in keyof M]: M[K] extends MemberShape<infer T> ? T : never;
};

const partsBelow = (name: string, { parts = [] }: Shape<unknown>): readonly Part[] =>
  parts.map(({ path, member }) => ({ path: `${name}${path.startsWith('[') ? '' : '.'}${path}`, member }));

const partsOf = (members: MemberShapes): readonly Part[] =>
  Object.entries(members).flatMap(([name, member]) => [
    { path: name, member },
    ...partsBelow(name, member.shape),
  ]);

export const required = <T>(shape: Shape<T>, meaning: Wording): MemberShape<T> => ({
  shape,
  meaning,
  isRequired: true,
  standard: undefined as T,
});

export const optional = <T>(shape: Shape<T>, meaning: Wording): MemberShape<T | undefined> => ({
  shape,
  meaning,
  isRequired: false,
  standard: undefined,
});

/** An optional member with a default. */
export const withDefault = <T>(shape: Shape<T>, standard: NoInfer<T>, meaning: Wording): MemberShape<T> => ({
  shape,
  meaning,
  isRequired: false,
  standard,
});

/** Reports a problem at a place; the value of the place is then unknown. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the type of the unknown value
export function report<T>({ source, node }: Place, message: string): T | undefined {
  source.report(node, message);
  return undefined;
}

/** One value: a text, number or boolean. */
export const scalar = <T>(
  form: Pick<FileForm<T>, 'read' | 'accepted' | 'schema'> & Partial<Pick<FileForm<T>, 'write'>>,
): Shape<T> => ({
  read: (place) => {
    const value = place.source.kindOf(place.node) === 'scalar' ? place.source.valueOf(place.node) : undefined;
    return form.read(value) ?? report(place, `${place.path} must be ${form.accepted}`);
  },
  accepted: form.accepted,
  schema: form.schema,
  ...(form.write && { write: form.write }),
});

/** `true` or `false`. */
export const flag: Shape<boolean> = scalar({
  read: (value) => (typeof value === 'boolean' ? value : undefined),
  accepted: 'true or false',
  schema: { type: 'boolean' },
});

/** One of these words. */
export const word = <W extends string>(...words: readonly W[]): Shape<W> =>
  scalar({
    read: (value) => words.find((each) => each === value),
    accepted: words.join(' or '),
    schema: { type: 'string', enum: words },
  });

/**
 * A text that `parse` accepts.
 * @param schema further members of its JSON Schema
 */
export const text = <T>(
  parse: (text: string) => T | undefined,
  accepted: string,
  schema: JsonSchema = {},
): Shape<T> =>
  scalar({
    read: (value) => (typeof value === 'string' ? parse(value) : undefined),
    accepted,
    schema: { type: 'string', ...schema },
  });

/** A text that matches a pattern of the gateway. */
export const pattern = (expression: RegExp, accepted: string): Shape<string> =>
  text((value) => (expression.test(value) ? value : undefined), accepted, { pattern: expression.source });

/** A list of values, by default not an empty one. */
export const list = <T>(item: Shape<T>, { mayBeEmpty = false } = {}): Shape<readonly T[]> => {
  const accepted = `a list${mayBeEmpty ? '' : ' that is not empty'}; each item: ${item.accepted}`;
  return {
    read: (place) => {
      const nodes = place.source.items(place.node);
      if (!nodes || (nodes.length === 0 && !mayBeEmpty))
        return report(place, `${place.path} must be ${accepted}`);
      const values = nodes.map((node, i) =>
        item.read({ ...place, node: node ?? place.node, path: `${place.path}[${i}]` }),
      );
      return values.includes(undefined) ? undefined : (values as T[]);
    },
    accepted,
    schema: { type: 'array', items: item.schema, ...(!mayBeEmpty && { minItems: 1 }) },
    parts: partsBelow('[]', item),
  };
};

/** A mapping with these members and no others. */
export const mapping = <M extends MemberShapes>(members: M): Shape<Values<M>> => ({
  read: (place) => {
    const found = knownMembers(place, Object.keys(members));
    if (!found) return undefined;
    let isValid = found.isComplete;
    const values = Object.entries(members).map(([name, { shape, isRequired, standard }]) => {
      const member = found.members.get(name);
      const value = member ? shape.read(placeOf(place, member)) : standard;
      if (!member && isRequired) report(place, `${place.path} must have the member "${name}"`);
      if (value === undefined && (member || isRequired)) isValid = false;
      return [name, value];
    });
    return isValid ? (Object.fromEntries(values) as Values<M>) : undefined;
  },
  accepted: `a mapping with ${Object.keys(members).join(', ')}`,
  parts: partsOf(members),
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(members).map(([name, { shape, meaning, standard }]) => [
        name,
        {
          description: meaning.en,
          ...(isPlain(standard) && { default: shape.write ? shape.write(standard as never) : standard }),
          ...shape.schema,
        },
      ]),
    ),
    ...requiredNames(members),
  },
});

/** A mapping from names to values of one shape. */
export const named = <T>(
  name: RegExp,
  acceptedName: string,
  shape: Shape<T>,
): Shape<ReadonlyMap<string, T>> => ({
  read: (place) => {
    const members = place.source.members(place.node, place.path);
    if (!members) return undefined;
    let isValid = true;
    const values = new Map<string, T>();
    for (const member of members) {
      const at = placeOf(place, member);
      if (!name.test(member.name)) {
        place.source.report(
          member.key,
          `${place.path} has the invalid name ${shown(member.name)}; it must be ${acceptedName}`,
        );
        isValid = false;
      }
      const value = shape.read(at);
      if (value === undefined) isValid = false;
      else values.set(member.name, value);
    }
    return isValid ? values : undefined;
  },
  accepted: 'a mapping',
  parts: partsBelow('NAME', shape),
  schema: { type: 'object', propertyNames: { pattern: name.source }, additionalProperties: shape.schema },
});

/** Two shapes that are told apart by the form of the value: `first` if it has that form. */
export const either = <A, B>(
  form: 'scalar' | 'list' | 'mapping',
  first: Shape<A>,
  otherwise: Shape<B>,
): Shape<A | B> => {
  const accepted = `${first.accepted}, or ${otherwise.accepted}`;
  return {
    read: (place) => (place.source.kindOf(place.node) === form ? first : otherwise).read(place),
    accepted,
    schema: { anyOf: [first.schema, otherwise.schema] },
    parts: [...(first.parts ?? []), ...(otherwise.parts ?? [])],
  };
};

/**
 * A shape with a further rule or another type.
 * @param refine returns the value, or reports problems with {@link report} and returns `undefined`
 */
export const refined = <T, U = T>(
  shape: Shape<T>,
  refine: (value: T, place: Place) => U | undefined,
): Shape<U> => ({
  ...shape,
  read: (place) => {
    const value = shape.read(place);
    return value === undefined ? undefined : refine(value, place);
  },
});

/** The place of a member's value. */
export const placeOf = (place: Place, { name, key, value }: Member): Place => ({
  ...place,
  node: value ?? key,
  path: `${place.path}.${name.slice(0, 80)}`,
});

/** The members of a mapping with these names; others are reported. `undefined` if there is no mapping. */
export function knownMembers(
  place: Place,
  names: readonly string[],
): { readonly members: ReadonlyMap<string, Member>; readonly isComplete: boolean } | undefined {
  const found = place.source.members(place.node, place.path);
  if (!found) return undefined;
  const unknown = found.filter(({ name }) => !names.includes(name));
  for (const { name, key } of unknown)
    place.source.report(key, `${place.path} has no member ${shown(name)}; ${hintFor(name, names)}`);
  const known = found.filter(({ name }) => names.includes(name));
  return { members: new Map(known.map((member) => [member.name, member])), isComplete: unknown.length === 0 };
}

function requiredNames(members: MemberShapes): JsonSchema {
  const names = Object.entries(members).flatMap(([name, { isRequired }]) => (isRequired ? [name] : []));
  return names.length > 0 ? { required: names } : {};
}

const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
