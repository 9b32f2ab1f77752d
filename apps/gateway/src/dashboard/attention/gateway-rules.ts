import type { Finding } from './finding.js';
import { BACKLOG_WINDOW_MS, BUSY_FOR_MS, BUSY_LAG_MS, HOLD_MS, LEAST_BACKLOG } from './thresholds.js';

/** What rules see of the gateway itself. Times are milliseconds since the epoch. */
export interface ObservedGateway {
  readonly loopLagMs: number;
  /** Since when the registry accepts no writes; `undefined` if it does. */
  readonly registryAwaySince: number | undefined;
  readonly registryAwayReason: string | undefined;
  readonly failedReload: { readonly at: number; readonly problems: readonly string[] } | undefined;
  readonly providers: readonly {
    readonly name: string;
    readonly isAvailable: boolean;
    readonly lastError: { readonly problems: readonly string[] } | null;
  }[];
  readonly backlogs: readonly Backlog[];
  readonly brokenContracts: readonly BrokenContract[];
}

/** A version that breaks the contract of its service. */
export interface BrokenContract {
  readonly service: string;
  readonly version: string;
  /** One sentence. */
  readonly summary: string;
  /** When the version was first seen. */
  readonly seenAt: number;
}

/** Work that a service has accepted and not done. */
export interface Backlog {
  readonly service: string;
  readonly name: string;
  readonly count: number;
}

/** Findings about the gateway and what it depends on. Takes one sample per second. */
export class GatewayRules {
  private busySince: number | undefined;
  private readonly backlogs = new Map<string, { readonly at: number; readonly count: number }[]>();

  findings(gateway: ObservedGateway, now: number): readonly Finding[] {
    const waiting = new Set(gateway.backlogs.map(({ service }) => service));
    for (const service of this.backlogs.keys()) if (!waiting.has(service)) this.backlogs.delete(service);
    return [
      ...this.busy(gateway, now),
      ...registry(gateway),
      ...reload(gateway),
      ...gateway.providers.flatMap((each) => (each.isAvailable ? [] : [provider(each)])),
      ...gateway.backlogs.flatMap((each) => this.backlog(each, now)),
      ...gateway.brokenContracts.map(brokenContract),
    ];
  }

  private busy({ loopLagMs }: ObservedGateway, now: number): readonly Finding[] {
    if (loopLagMs < BUSY_LAG_MS) this.busySince = undefined;
    else this.busySince ??= now;
    if (this.busySince === undefined || now - this.busySince < BUSY_FOR_MS) return [];
    return [
      {
        kind: 'gateway-busy',
        ...OWN,
        condition: 'warning',
        reason: 'the event loop of this gateway is busy; every request waits for it',
        values: { loopLagMs },
        holdMs: HOLD_MS,
        since: this.busySince,
      },
    ];
  }

  private backlog({ service, name, count }: Backlog, now: number): readonly Finding[] {
    const samples = this.backlogs.get(service) ?? [];
    this.backlogs.set(service, samples);
    samples.push({ at: now, count });
    while ((samples[1]?.at ?? now) <= now - BACKLOG_WINDOW_MS) samples.shift();
    const oldest = samples[0];
    if (!oldest || oldest.at > now - BACKLOG_WINDOW_MS || count < LEAST_BACKLOG || count < oldest.count)
      return [];
    return [
      {
        kind: 'backlog-growing',
        subject: service,
        service,
        condition: 'warning',
        reason: `${count} ${name}; there were ${oldest.count} ${BACKLOG_WINDOW_MS / 1000} s ago`,
        values: { count, before: oldest.count, name },
        holdMs: HOLD_MS,
        since: oldest.at,
      },
    ];
  }
}

const OWN = { subject: '', service: '' } as const;

const registry = ({ registryAwaySince, registryAwayReason }: ObservedGateway): readonly Finding[] =>
  registryAwaySince === undefined
    ? []
    : [
        {
          kind: 'registry-away',
          ...OWN,
          condition: 'critical',
          reason: 'the registry accepts no writes; requests are forwarded with its last known state',
          values: { reason: registryAwayReason ?? 'unknown' },
          holdMs: 0,
          since: registryAwaySince,
        },
      ];

const reload = ({ failedReload }: ObservedGateway): readonly Finding[] =>
  failedReload
    ? [
        {
          kind: 'reload-failed',
          ...OWN,
          condition: 'warning',
          // The stream is open to all readers. The problems name files and routes: GET /policies shows them to operators.
          reason: `the file has problems (${failedReload.problems.length}); GET /policies lists them`,
          values: { count: failedReload.problems.length },
          holdMs: 0,
          since: failedReload.at,
        },
      ]
    : [];

const provider = ({ name, lastError }: ObservedGateway['providers'][number]): Finding => ({
  kind: 'provider-unavailable',
  subject: name,
  service: '',
  condition: 'critical',
  reason: lastError ? 'its keys are not available; GET /policies says why' : 'its keys are not loaded yet',
  values: {},
  holdMs: 0,
});

const brokenContract = ({ service, version, summary, seenAt }: BrokenContract): Finding => ({
  kind: 'contract-broken',
  subject: service,
  service,
  condition: 'warning',
  reason: summary,
  values: { version },
  holdMs: 0,
  since: seenAt,
});
