import { REQUEST_ID_HEADER } from '#service-kit';
import { VIA_NAME } from '../../http1/head/forwarding-lines.js';
import { listMembers } from '../../http1/head/grammar.js';
import { placedValue, type ResponseContext } from '../../http1/head/response-lines.js';
import { HOP_BY_HOP } from '../../../policy/fixed-fields.js';
import { isPlaced, isProtected } from '../../http1/rules/field-names.js';

const REMOVED: ReadonlySet<string> = new Set([...HOP_BY_HOP, REQUEST_ID_HEADER]);

/**
 * The fields of a local instance's response for the client, by the rules for responses on the wire. Both lists are
 * flat (name, value, name, …); order, case and repetition are preserved.
 */
export function clientFields(raw: readonly string[], context: ResponseContext): string[] {
  const listed = namesInConnection(raw);
  const fields: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const value = raw[i + 1] ?? '';
    const lower = name.toLowerCase();
    if (REMOVED.has(lower) || (listed?.includes(lower) && !isProtected(lower))) continue;
    fields.push(name, isPlaced(lower) ? placedValue(lower, value, context) : value);
  }
  fields.push(REQUEST_ID_HEADER, context.requestId, 'via', `1.1 ${VIA_NAME}`);
  return fields;
}

/** The options of `Connection`; `undefined` without the field. */
function namesInConnection(raw: readonly string[]): string[] | undefined {
  let names: string[] | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? '';
    if (name.length === 10 && name.toLowerCase() === 'connection')
      names = [...(names ?? []), ...listMembers(raw[i + 1] ?? '')];
  }
  return names;
}
