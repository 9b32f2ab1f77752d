import { isFixed, spelled } from '../fixed-fields.js';
import { FIELD_NAME } from '../names.js';
import { list, mapping, named, optional, refined, report, text, type Place, type Shape } from '../shapes.js';
import { fieldName } from '../text-shapes.js';

/** What a value of a header edit may contain, as `${name}`. */
const PLACEHOLDERS = ['consumer', 'requestId', 'clientAddress', 'service'] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

/** Constant text, and parts that depend on the request. */
export type FieldTemplate = readonly (string | { readonly placeholder: Placeholder })[];

/** Edits of header fields, in this order. */
export interface HeaderEdits {
  readonly remove: readonly string[];
  readonly set: ReadonlyMap<string, FieldTemplate>;
  readonly add: ReadonlyMap<string, FieldTemplate>;
}

const ACCEPTED = PLACEHOLDERS.map((name) => `\${${name}}`).join(', ');
const isPlaceholder = (name: string): name is Placeholder =>
  (PLACEHOLDERS as readonly string[]).includes(name);

const template = refined(
  // Other characters arrive differently at different receivers (RFC 9110, section 5.5).
  text((value) => (/^[\x20-\x7e]+$/.test(value) ? value : undefined), 'a text of ASCII characters', {
    pattern: '^[ -~]+$',
  }),
  (value, place): FieldTemplate | undefined => {
    // Each text that follows "${", without the constant text before the first.
    const [first = '', ...rest] = value.split('${');
    const parts: FieldTemplate[number][] = [first];
    for (const piece of rest) {
      const end = piece.indexOf('}');
      const name = piece.slice(0, Math.max(end, 0));
      if (!isPlaceholder(name))
        return report(place, `${place.path} may contain ${ACCEPTED} and no other "\${"`);
      parts.push({ placeholder: name }, piece.slice(end + 1));
    }
    return parts.filter((part) => part !== '');
  },
);

/** Why an edit of a field, given by its name in lower case, is refused. */
type Fault = (name: string, place: Place) => string | undefined;

const fixed: Fault = (name) =>
  isFixed(name) ? 'it belongs to the connection, or the gateway sets it' : undefined;

/** Edits must not open what authentication decides. */
const credential: Fault = (name, { context: { identityFields, keyFields } }) => {
  if (identityFields.has(spelled(name))) return 'an authentication provider sets it';
  return keyFields.has(spelled(name)) ? 'it carries the key of an authentication provider' : undefined;
};

/**
 * `value`, which has fields of these names; `undefined` if problems were reported.
 * @param names in lower case
 */
function withoutFaults<T>(
  names: readonly string[],
  value: T,
  place: Place,
  faults: readonly Fault[],
): T | undefined {
  const seen = new Set<string>();
  const problems = names.flatMap((name) => {
    const isRepeated = seen.has(name);
    seen.add(name);
    const fault = faults.map((each) => each(name, place)).find((each) => each !== undefined);
    const field = `the field ${JSON.stringify(name)}`;
    return [
      ...(fault === undefined ? [] : [`${place.path} must not have ${field}: ${fault}`]),
      ...(isRepeated ? [`${place.path} has ${field} twice`] : []),
    ];
  });
  for (const problem of problems) report(place, problem);
  return problems.length === 0 ? value : undefined;
}

const values = (faults: readonly Fault[]): Shape<ReadonlyMap<string, FieldTemplate>> =>
  refined(named(FIELD_NAME, fieldName.accepted, template), (map, place) =>
    withoutFaults(
      [...map.keys()].map((name) => name.toLowerCase()),
      map,
      place,
      faults,
    ),
  );

const edits = (...faults: readonly Fault[]) =>
  refined(
    mapping({
      set: optional(values(faults), {
        en: 'Fields that replace those of the same name. A value may contain `${consumer}`, `${requestId}`, `${clientAddress}` and `${service}`.',
        ko: '같은 이름의 헤더를 대신하는 헤더. 값에 `${consumer}`, `${requestId}`, `${clientAddress}`, `${service}`를 쓸 수 있습니다.',
      }),
      add: optional(values(faults), {
        en: 'Further fields, beside those of the same name.',
        ko: '같은 이름의 헤더에 더해지는 헤더.',
      }),
      remove: optional(
        refined(list(fieldName), (names, place) => withoutFaults(names, names, place, faults)),
        { en: 'Fields that are removed.', ko: '제거하는 헤더.' },
      ),
    }),
    ({ set, add, remove }, place): HeaderEdits | undefined =>
      (set ?? add ?? remove)
        ? { set: set ?? new Map(), add: add ?? new Map(), remove: remove ?? [] }
        : report(place, `${place.path} must have "set", "add" or "remove"`),
  );

/** Edits of the fields of requests to instances. */
export const REQUEST_HEADERS = edits(fixed, credential);

/** Edits of the fields of responses to clients. */
export const RESPONSE_HEADERS = edits(fixed);
