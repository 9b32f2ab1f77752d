/** An error for the operator; `message` says what is wrong or what to do. */
export class StackError extends Error {
  name = 'StackError';
}
