import { isDeepStrictEqual } from 'node:util';
import type { MirrorPolicy } from '../../../policy/members/mirror.js';
import type { SendDetached } from '../../exchange/detached.js';
import { Comparisons } from './compare/comparisons.js';
import { Findings } from './compare/findings.js';
import { MirrorMark } from './mirror-mark.js';
import { MirrorQueue } from './mirror-queue.js';

/**
 * What became of a request that was selected for a mirror: its copy got a response (`completed`) or none (`failed`), was
 * ended because the response is too large (`response-too-large`), or was not sent because too many are on their way
 * (`dropped`), because the body is too large (`too-large`) or because it did not arrive completely (`incomplete`).
 */
export type MirrorResult =
  'completed' | 'failed' | 'response-too-large' | 'dropped' | 'too-large' | 'incomplete';

/**
 * Maximum bytes of the response to a copy. No client receives it, so downloads and event streams would only take bandwidth
 * from the responses to clients; documents, which are compared, are smaller.
 */
export const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;

/** Counts the requests of one mirror. */
export interface MirrorCounts {
  add(result: MirrorResult): void;
}

/** Maximum number of mirrors whose state is kept; the oldest are forgotten. */
const MAX_MIRRORS = 1_024;

/** The state of the mirror of one route. */
export class Mirror {
  readonly queue = new MirrorQueue();
  readonly findings = new Findings();

  constructor(
    readonly policy: MirrorPolicy,
    readonly counts: MirrorCounts,
    readonly send: SendDetached,
    readonly comparisons: Comparisons,
    readonly mark: MirrorMark,
  ) {}
}

/** How the responses of a mirror compare with those of the service. */
export interface ComparedResponses extends Pick<Findings, 'compared' | 'different'> {
  readonly service: string;
  readonly route: string;
}

/** The mirrors of all routes. */
export class Mirrors {
  private readonly byRoute = new Map<string, Mirror>();
  private readonly comparisons = new Comparisons();

  /**
   * @param send sends copies apart from the requests of clients
   * @param countsOf the counts of a route of a service; empty name: the service's own route
   * @param mark the mark of copies
   */
  constructor(
    private readonly send: SendDetached,
    private readonly countsOf: (service: string, route: string) => MirrorCounts,
    readonly mark = new MirrorMark(),
  ) {}

  /** The mirror of a route. It is kept, with its state, while the policy stays the same. */
  of(service: string, route: string, policy: MirrorPolicy): Mirror {
    const key = keyOf(service, route);
    const known = this.byRoute.get(key);
    if (known && isDeepStrictEqual(known.policy, policy)) return known;
    const mirror = new Mirror(policy, this.countsOf(service, route), this.send, this.comparisons, this.mark);
    this.byRoute.delete(key);
    this.byRoute.set(key, mirror);
    const [oldest] = this.byRoute.keys();
    if (this.byRoute.size > MAX_MIRRORS && oldest !== undefined) this.byRoute.delete(oldest);
    return mirror;
  }

  /** The results of all comparisons; empty route: the service's own. */
  get compared(): readonly ComparedResponses[] {
    return [...this.byRoute]
      .filter(([, { policy }]) => policy.compare)
      .map(([key, { findings }]) => {
        const end = key.indexOf(' ');
        const { compared, different } = findings;
        return { service: key.slice(0, end), route: key.slice(end + 1), compared, different };
      });
  }

  /** The mirror of a route, if it has one and was in use. */
  get(service: string, route: string): Mirror | undefined {
    return this.byRoute.get(keyOf(service, route));
  }
}

const keyOf = (service: string, route: string): string => `${service} ${route}`;
