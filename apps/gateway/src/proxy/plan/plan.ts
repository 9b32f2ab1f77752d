import { describeOutcome, isSame, type Outcome } from './outcome.js';

/** Recorded requests that a policy file treats in another way than the present one, all in the same way. */
export interface PlannedChange {
  readonly count: number;
  readonly present: Outcome;
  readonly next: Outcome;
  /** Method and path of one of the requests. */
  readonly example: string;
  readonly requestIds: readonly string[];
}

/** What a policy file would change. */
export interface Plan {
  readonly total: number;
  readonly changed: number;
  /** Requests for which the record does not tell. */
  readonly unknown: number;
  /** The larger ones first. */
  readonly changes: readonly PlannedChange[];
}

/** A recorded request, as far as a plan names it. */
export interface PlannedRequest {
  readonly requestId: string;
  readonly method: string;
  readonly target: string;
}

interface Group extends Omit<PlannedChange, 'count' | 'requestIds'> {
  readonly requestIds: string[];
}

/** Collects the outcomes of recorded requests by the present file and by another one. */
export class PlanBuilder {
  private total = 0;
  private readonly groups = new Map<string, Group>();

  add({ requestId, method, target }: PlannedRequest, present: Outcome, next: Outcome): void {
    this.total += 1;
    if (isSame(present, next) && next.unknown === null) return;
    const key = JSON.stringify([keyOf(present), keyOf(next)]);
    const group = this.groups.get(key);
    if (group) group.requestIds.push(requestId);
    else this.groups.set(key, { present, next, example: `${method} ${target}`, requestIds: [requestId] });
  }

  build(): Plan {
    const changes = Array.from(this.groups.values(), (group) => ({
      count: group.requestIds.length,
      ...group,
    })).sort((a, b) => b.count - a.count);
    const sum = (ones: readonly PlannedChange[]): number =>
      ones.reduce((total, { count }) => total + count, 0);
    return {
      total: this.total,
      changed: sum(changes.filter(({ next }) => next.unknown === null)),
      unknown: sum(changes.filter(({ next }) => next.unknown !== null)),
      changes,
    };
  }
}

/** Outcomes of one group differ at most in their location. */
const keyOf = ({ location, ...outcome }: Outcome): unknown => ({ ...outcome, redirects: location !== null });

/** `41 of 9,876 would become 401 unauthenticated: route place-order, no credentials (now forwarded to orders)` */
export function describeChange({ count, present, next }: PlannedChange, total: number): string {
  const amount = `${count.toLocaleString('en')} of ${total.toLocaleString('en')}`;
  const now = present.route === next.route ? '' : `, ${routeOf(present)}`;
  if (next.unknown !== null) {
    const known = present.unknown === null ? ` (now ${describeOutcome(present)}${now})` : '';
    return `${amount} cannot be determined: they depend on ${next.unknown}${known}`;
  }
  const becomes = next.service === null ? `become ${describeOutcome(next)}` : `be ${describeOutcome(next)}`;
  const reason = next.reason === null ? '' : `, ${next.reason}`;
  return `${amount} would ${becomes}: ${routeOf(next)}${reason} (now ${describeOutcome(present)}${now})`;
}

const routeOf = ({ route }: Outcome): string => (route === null ? 'no named route' : `route ${route}`);
