import type { FieldTemplate, HeaderEdits, Placeholder } from '../../../policy/members/header-edits.js';
import type { StageExchange } from '../../exchange/exchange-state.js';
import type { Fields } from '../../exchange/stage.js';
import { isFieldValue } from '../../http1/head/editable-fields.js';

const VALUES: Readonly<Record<Placeholder, (exchange: StageExchange) => string | undefined>> = {
  consumer: ({ identity }) => identity?.consumer,
  requestId: ({ requestId }) => requestId,
  clientAddress: ({ clientAddress }) => clientAddress,
  service: ({ route }) => route?.service,
};

/** The value of a field for an exchange; `undefined` if a part of it is unknown or cannot stand in a field. */
type Value = string | ((exchange: StageExchange) => string | undefined);

/** One edit of a field, prepared. */
type Edit = (fields: Fields, exchange: StageExchange) => void;

/**
 * Prepares edits, with the effect of this order: remove, set, add. All removals come first, because searches are cheaper
 * before fields are added.
 * @param remove removes all fields of a name
 */
export function compileEdits(
  edits: HeaderEdits,
  remove: (fields: Fields, name: string) => void,
): readonly Edit[] {
  // What is set is removed, too: a client could send the field that the gateway cannot set.
  const removed = new Set([...edits.remove, ...[...edits.set.keys()].map((name) => name.toLowerCase())]);
  return [
    ...[...removed].map(
      (name): Edit =>
        (fields) =>
          remove(fields, name),
    ),
    ...[...edits.set, ...edits.add].map(([name, template]) => appending(name, valueOf(template))),
  ];
}

const appending = (name: string, value: Value): Edit =>
  typeof value === 'string'
    ? (fields) => fields.append(name, value)
    : (fields, exchange) => {
        const text = value(exchange);
        if (text !== undefined) fields.append(name, text);
      };

function valueOf(template: FieldTemplate): Value {
  const parts = template.map((part) => (typeof part === 'string' ? () => part : VALUES[part.placeholder]));
  if (template.every((part) => typeof part === 'string')) return template.join('');
  return (exchange) => {
    let text = '';
    for (const part of parts) {
      const value = part(exchange);
      if (value === undefined || value === '' || !isFieldValue(value)) return undefined;
      text += value;
    }
    return text;
  };
}

/** Whether a value contains the name of the consumer. */
export const namesConsumer = ({ set, add }: HeaderEdits): boolean =>
  [...set.values(), ...add.values()].some((template) =>
    template.some((part) => typeof part !== 'string' && part.placeholder === 'consumer'),
  );

/** Names in lower case of the fields whose values differ from request to request. */
export const fieldsPerRequest = ({ set, add }: HeaderEdits): readonly string[] =>
  [...set, ...add].flatMap(([name, template]) =>
    template.some((part) => typeof part !== 'string' && part.placeholder !== 'service')
      ? [name.toLowerCase()]
      : [],
  );
