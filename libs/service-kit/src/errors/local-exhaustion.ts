import { factsOf } from './error-facts.js';

const CODES: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS']);

/** Whether a system call failed because this process or its machine has no descriptor, port or buffer left, whatever the peer does. */
export function isLocalExhaustion(error: unknown): boolean {
  // A connection to a name tries every address: it was tried elsewhere when one of them failed for another reason.
  if (error instanceof AggregateError) return error.errors.every(isLocalExhaustion);
  return CODES.has(factsOf(error).code);
}
