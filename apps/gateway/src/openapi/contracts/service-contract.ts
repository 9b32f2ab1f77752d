import type { VersionHold } from '../../discovery/index.js';
import type { OpenApiDocument } from '../openapi.js';
import type { ContractChange } from './contract-change.js';
import type { Contract } from './contract-store.js';

/**
 * - `waiting`: the document is not compared yet;
 * - `accepted`: it does not break the contract, or an operator accepted it;
 * - `breaking`: it breaks the contract;
 * - `unknown`: there is no usable document, or none that can be compared. Such a version is never held back.
 */
export const VERSION_STATUSES = ['waiting', 'accepted', 'breaking', 'unknown'] as const;

/** Versions of a service that are remembered. */
const MAX_VERSIONS = 20;

/** A version of a service, as this gateway knows it. */
export interface SeenVersion {
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly seenAt: number;
  status: (typeof VERSION_STATUSES)[number];
  /** Why the document is not usable, or the comparison not complete. */
  reason: string | undefined;
  document: OpenApiDocument | undefined;
  changes: readonly ContractChange[];
  /** Times that the document was requested. */
  attempts: number;
}

/** What this gateway knows of the contract of one service. */
export class ServiceContract {
  /** In the order in which they were seen. */
  readonly versions = new Map<string, SeenVersion>();
  contract: Contract | undefined;

  constructor(readonly service: string) {}

  get broken(): readonly SeenVersion[] {
    return [...this.versions.values()].filter(({ status }) => status === 'breaking');
  }

  see(version: string): SeenVersion {
    const seen: SeenVersion = {
      version,
      seenAt: Date.now(),
      status: 'waiting',
      reason: undefined,
      document: undefined,
      changes: [],
      attempts: 0,
    };
    this.versions.set(version, seen);
    return seen;
  }

  /** Forgets versions without instances, those that were seen first. */
  dropOldest(live: ReadonlySet<string>): void {
    for (const version of this.versions.keys()) {
      if (this.versions.size <= MAX_VERSIONS) return;
      if (!live.has(version)) this.versions.delete(version);
    }
  }

  /** The holds that a policy demands. */
  holds(onBreaking: VersionHold['kind'] | 'report'): ReadonlyMap<string, VersionHold> {
    if (onBreaking === 'report') return new Map();
    return new Map(
      this.broken.map((each) => [each.version, { kind: onBreaking, reason: this.summaryOf(each) }]),
    );
  }

  /** One sentence on what a version breaks. */
  summaryOf({ version, changes }: SeenVersion): string {
    const [first] = changes;
    const what = first ? `${first.kind} in ${first.operation} ${first.at}`.trim() : '';
    const more = changes.length > 1 ? ` and ${changes.length - 1} more` : '';
    return `version ${version} breaks the accepted document of ${this.contract?.version ?? ''}: ${what}${more}`;
  }
}
