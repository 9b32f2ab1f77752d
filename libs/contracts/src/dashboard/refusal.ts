import { IsWholeNumber, QueryInteger } from '../validation/is-whole-number.js';
import { MayBeAbsent } from '../validation/optional.js';

/** Query of `GET /policies/refusals`. */
export class RefusalsQueryDto {
  /** Maximum number of refusals, 1 to 1000; 50 if absent. */
  @MayBeAbsent()
  @QueryInteger()
  @IsWholeNumber(1, 1000)
  limit?: number;
}

/** A request that the gateway replied to with a problem. */
export interface Refusal {
  /** When the request arrived; ISO 8601, UTC. */
  readonly at: string;
  readonly requestId: string;
  readonly method: string;
  /** Path and query; the values of the query are hidden. */
  readonly target: string;
  /** Address. */
  readonly client: string;
  /** The authenticated caller; `null`: none. */
  readonly consumer: string | null;
  readonly service: string | null;
  /** Name in the policy file; `null`: the service's own route. */
  readonly route: string | null;
  readonly status: number;
  /** Code of the problem. */
  readonly problem: string;
  /** Why a policy refused the request; `null`: the problem has another cause. */
  readonly refusal: string | null;
}
