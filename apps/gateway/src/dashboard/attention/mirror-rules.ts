import type { Finding } from './finding.js';
import { MIRROR_HOLD_MS } from './thresholds.js';

/** How the responses of a mirror compare with those of the service. */
export interface ComparedMirror {
  readonly service: string;
  /** Name in the policy file; empty: the service's own route. */
  readonly route: string;
  readonly compared: number;
  readonly different: number;
}

interface Seen {
  readonly different: number;
  /** When a difference was last found, milliseconds since the epoch. */
  readonly at: number;
}

const subjectOf = ({ service, route }: ComparedMirror): string => `${service} ${route}`.trim();

/** Findings about mirrors whose responses differ. They end some time after the latest difference: it may be mended. */
export class MirrorRules {
  private seen: ReadonlyMap<string, Seen> = new Map();

  findings(mirrors: readonly ComparedMirror[], now: number): readonly Finding[] {
    const seen = new Map<string, Seen>();
    const differing = mirrors.filter((mirror) => {
      const subject = subjectOf(mirror);
      const before = this.seen.get(subject);
      const at = before?.different === mirror.different ? before.at : now;
      if (mirror.different > 0) seen.set(subject, { different: mirror.different, at });
      return mirror.different > 0 && now - at < MIRROR_HOLD_MS;
    });
    this.seen = seen;
    return differing.map(difference);
  }
}

/** Paths and kinds of values are at `GET /policies/mirror`, which needs more access. */
const difference = (mirror: ComparedMirror): Finding => ({
  kind: 'mirror-differs',
  subject: subjectOf(mirror),
  service: mirror.service,
  condition: 'warning',
  reason: `${mirror.different} of ${mirror.compared} compared responses differ; GET /policies/mirror says where`,
  values: { different: mirror.different, compared: mirror.compared },
  holdMs: 0,
});
