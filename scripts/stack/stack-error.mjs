/** Something that the operator has to do; `message` says it. */
export class StackError extends Error {
  name = 'StackError';
}
