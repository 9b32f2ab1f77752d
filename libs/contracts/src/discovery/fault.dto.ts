import { IsIn } from 'class-validator';
import { IsWholeNumber } from '../validation/is-whole-number.js';
import { MayBeAbsent } from '../validation/optional.js';

/**
 * `kill`: connections are refused, and those that are open break. `hang`: connections are accepted, and nothing
 * is sent on them. `slow`: responses are late. `errors`: responses have an error status.
 */
export const FAULT_KINDS = ['kill', 'hang', 'slow', 'errors'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Longest time that a gateway keeps a fault, seconds. */
const MAX_FAULT_SECONDS = 600;

/** Body of `PUT /discovery/services/{id}/fault`: a fault between the gateway and an instance. */
export class FaultDto {
  @IsIn(FAULT_KINDS)
  kind!: FaultKind;

  /** The gateway ends the fault after this time, seconds. */
  @IsWholeNumber(1, MAX_FAULT_SECONDS)
  forSeconds!: number;

  /** For `slow`: the delay of each response, milliseconds. */
  @MayBeAbsent()
  @IsWholeNumber(1, 60_000)
  delayMs?: number;

  /** For `errors`: the share of requests that fail. */
  @MayBeAbsent()
  @IsWholeNumber(1, 100)
  percent?: number;

  /** For `errors`: the status of their responses. */
  @MayBeAbsent()
  @IsWholeNumber(400, 599)
  status?: number;
}

/** A fault that a gateway injects. */
export interface FaultView {
  readonly instanceId: string;
  readonly service: string;
  readonly kind: FaultKind;
  /** ISO 8601, UTC. */
  readonly endsAt: string;
}
