/** The part of `GET /discovery/contracts` that the page shows. */
export interface ServiceContract {
  readonly service: string;
  readonly accepted: { readonly version: string; readonly at: string } | null;
  /** Since when calls of broken operations are counted. */
  readonly watchedSince: string | null;
  readonly versions: readonly ContractVersion[];
}

export interface ContractVersion {
  readonly version: string;
  readonly status: 'waiting' | 'accepted' | 'breaking' | 'unknown';
  /** Why the document is unknown. */
  readonly reason: string | null;
  readonly seenAt: string;
  readonly decision: 'none' | 'report' | 'canary-only' | 'quarantine';
  readonly changes: readonly ContractChange[];
}

export interface ContractChange {
  readonly kind: 'operation-removed' | 'input-required' | 'response-member-removed' | 'type-changed';
  readonly operation: string;
  readonly at: string;
  readonly detail: string;
  readonly calledInLast24h: boolean | null;
  readonly lastCalledAt: string | null;
}

const REFRESH_MS = 30_000;

/** Changes when contracts may have changed; calls of operations are read now and then. */
export const contractsVersion = (
  services: Readonly<Record<string, { readonly versions: readonly string[] }>>,
  attention: Readonly<Record<string, { readonly kind: string; readonly reason: string }>>,
  now: string,
): string =>
  JSON.stringify([
    Object.entries(services).map(([name, { versions }]) => [name, versions]),
    Object.values(attention)
      .filter(({ kind }) => kind === 'contract-broken')
      .map(({ reason }) => reason),
    Math.floor(Date.parse(now) / REFRESH_MS),
  ]);

/** Versions that are not accepted, the breaking ones first. */
export const openVersions = ({ versions }: ServiceContract): readonly ContractVersion[] =>
  versions
    .filter(({ status }) => status !== 'accepted')
    .toSorted((a, b) => Number(b.status === 'breaking') - Number(a.status === 'breaking'));
