import { Problem } from '#contracts';
import type { Reply } from '../exchange/stage.js';

/** What a policy file decides on a recorded request. */
export interface Outcome {
  /** Name of the route in the policy file; `null`: all other requests to a service, or none. */
  readonly route: string | null;
  /** Service whose instances receive the request; `null`: the gateway responds. */
  readonly service: string | null;
  /** Status of the gateway's own response. */
  readonly status: number | null;
  /** Code of the problem with which the gateway refuses the request. */
  readonly problem: string | null;
  readonly location: string | null;
  /** Why the request is refused. */
  readonly reason: string | null;
  /** Which unrecorded part of the request the decision depends on; `null`: it does not. */
  readonly unknown: string | null;
}

/** A request to which the gateway responds itself. */
interface RespondedRequest {
  readonly target: string;
  readonly route: string | undefined;
  readonly refusal: string | undefined;
}

const NOTHING = { route: null, service: null, status: null, problem: null, location: null, reason: null };

export const unknownOutcome = (unknown: string): Outcome => ({ ...NOTHING, unknown });

export const forwarded = (service: string, route: string | undefined): Outcome => ({
  ...NOTHING,
  route: route ?? null,
  service,
  unknown: null,
});

export const responded = (own: Reply | Problem, { target, route, refusal }: RespondedRequest): Outcome => ({
  route: route ?? null,
  service: null,
  status: own.status,
  problem: own instanceof Problem ? own.code : null,
  location: own instanceof Problem ? null : withoutQueryOf(target, own.fields.location),
  reason: refusal ?? (own instanceof Problem ? own.message : null),
  unknown: null,
});

/** A location without the query that it takes over from the request: of a saved record, its values are hidden. */
function withoutQueryOf(target: string, location: string | undefined): string | null {
  const at = target.indexOf('?');
  if (location === undefined) return null;
  return at !== -1 && location.endsWith(target) ? location.slice(0, at - target.length) : location;
}

/** Whether two outcomes are the same for the client. */
export const isSame = (a: Outcome, b: Outcome): boolean =>
  a.service === b.service &&
  a.status === b.status &&
  a.problem === b.problem &&
  a.location === b.location &&
  a.unknown === b.unknown;

/** Of a decision in the future or in the present: `401 unauthenticated`, `forwarded to users`. */
export function describeOutcome({ service, status, problem, location, unknown }: Outcome): string {
  if (unknown !== null) return 'unknown';
  if (service !== null) return `forwarded to ${service}`;
  return [status, problem ?? location].filter((part) => part !== null).join(' ');
}
