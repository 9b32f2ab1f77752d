import { Problem } from '#contracts';
import type { Decision, Reply } from '../exchange/stage.js';

/** A final status: with a lower one, the client would wait for another response. */
const isFinal = (status: unknown): boolean =>
  Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599;

/** Arrays, maps and `Headers` are iterable: their entries are no members, and would be lost. */
const isTexts = (fields: unknown): boolean =>
  typeof fields === 'object' &&
  fields !== null &&
  !(Symbol.iterator in fields) &&
  Object.values(fields).every((value) => typeof value === 'string');

/** What is wrong with what a stage of a program has returned as a reply; `undefined`: nothing. */
function faultOf(returned: unknown): string | undefined {
  if (typeof returned !== 'object' || returned === null) return 'neither undefined nor an object';
  const { status, fields, body } = returned as Partial<Record<keyof Reply, unknown>>;
  if (!isFinal(status)) return 'a reply whose status is no integer from 200 to 599';
  if (!isTexts(fields)) return 'a reply whose fields are no object of texts';
  return Buffer.isBuffer(body) ? undefined : 'a reply whose body is no Buffer';
}

/**
 * What a stage of a program has returned, as a decision. The grammar of fields is checked when they are written.
 * @param hook the hook that returned it, for the message
 * @throws TypeError if it is no reply
 */
export function checkedReply(returned: unknown, hook: string): Decision {
  if (returned === undefined || returned instanceof Problem) return returned;
  const fault = faultOf(returned);
  if (fault !== undefined) throw new TypeError(`${hook} has returned ${fault}`);
  const { status, fields, body } = returned as Reply;
  return { status, fields, body };
}
