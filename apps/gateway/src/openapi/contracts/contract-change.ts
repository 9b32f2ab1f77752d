/**
 * A difference that can break clients of the accepted document.
 * - `operation-removed`: the operation, or one of its success responses;
 * - `input-required`: a parameter, member or body that requests must now have;
 * - `response-member-removed`: a member that responses no longer have, or need not have;
 * - `type-changed`: a value or body of another type, or an input value that is no longer accepted.
 */
export const CONTRACT_CHANGE_KINDS = [
  'operation-removed',
  'input-required',
  'response-member-removed',
  'type-changed',
] as const;

/** One breaking change. */
export interface ContractChange {
  readonly kind: (typeof CONTRACT_CHANGE_KINDS)[number];
  /** Method and path template of the accepted document, such as `GET /users/{id}`. */
  readonly operation: string;
  /** Where in the operation: `response 200 /items/[]/name`. */
  readonly at: string;
  readonly detail: string;
}

/** Receives the changes of one operation. */
export type ReportChange = (kind: ContractChange['kind'], at: string, detail: string) => void;

/** Which side of an operation a schema describes: clients write inputs and read outputs. */
export type Side = 'input' | 'output';
