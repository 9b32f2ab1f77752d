import type { OnModuleDestroy } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import type { EventLog, LiveServiceTable, RegistryService } from '../../discovery/index.js';
import type { PolicySources } from '../../policy/index.js';
import type { DocumentSource } from '../document-source.js';
import type { OpenApiDocument } from '../openapi.js';
import type { CallWatch } from './call-watch.js';
import { CheckSchedule } from './check-schedule.js';
import { comparedDocument } from './compared-document.js';
import { breakingChanges } from './compare-documents.js';
import type { Contract, ContractStore } from './contract-store.js';
import { contractsUnavailable, noBrokenContract } from './problems.js';
import { SeenServices } from './seen-services.js';
import type { SeenVersion, ServiceContract } from './service-contract.js';

/** A version that breaks the contract of its service. */
export interface BrokenVersion {
  readonly service: string;
  readonly version: string;
  /** When this gateway first saw it, milliseconds since the epoch. */
  readonly seenAt: number;
  readonly summary: string;
}

/** Dependencies of {@link ContractCheck}. */
export interface ContractParts {
  readonly table: LiveServiceTable;
  readonly registry: Pick<RegistryService, 'holdVersions' | 'recordEvent'>;
  readonly policies: PolicySources;
  readonly source: Pick<DocumentSource, 'fetchDocument'>;
  readonly store: ContractStore;
  readonly calls: CallWatch;
  readonly events: Pick<EventLog, 'listen'>;
  readonly logger: AppContext['logger'];
}

const MAX_ACCEPTED_VERSIONS = 50;

/**
 * Compares the OpenAPI document of each new version of a service with the accepted one, in the background: neither a
 * registration nor a request waits for it.
 */
export class ContractCheck implements OnModuleDestroy {
  private readonly schedule = new CheckSchedule((service, version) => {
    void this.enqueue(() => this.check(service, version));
  });
  private readonly services: SeenServices;
  /** Work runs one after the other: two versions that come together are compared in order. */
  private queue = Promise.resolve();
  private isStopped = false;

  constructor(private readonly parts: ContractParts) {
    const { table, policies, events } = parts;
    this.services = new SeenServices(table, this.schedule, (service) => this.forget(service));
    policies.onChange(() => {
      for (const known of this.services.all) this.applyHolds(known);
    });
    events.listen(({ type, service }) => {
      if (type === 'contract-accepted') void this.enqueue(() => this.compareAll(service));
    });
  }

  /** All services with a version that was seen, by name. */
  get all(): readonly ServiceContract[] {
    return this.services.all;
  }

  /** The versions that break the contract of their service, each with one sentence on what it breaks. */
  get broken(): readonly BrokenVersion[] {
    return this.all.flatMap((known) =>
      known.broken.map((seen) => ({
        service: known.service,
        version: seen.version,
        seenAt: seen.seenAt,
        summary: known.summaryOf(seen),
      })),
    );
  }

  /**
   * Makes a version that breaks the contract of its service the accepted one.
   * @param version by default the one that was seen last
   * @throws noBrokenContract, contractsUnavailable
   */
  async accept(service: string, version?: string): Promise<ServiceContract> {
    const known = this.services.get(service);
    const seen = known?.broken.findLast((each) => version === undefined || each.version === version);
    if (!known?.contract || !seen?.document)
      throw noBrokenContract('no version of this service that breaks its contract is known here');
    try {
      await this.write(known, seen.version, seen.document);
    } catch (cause) {
      throw contractsUnavailable('the contracts are unavailable, so nothing is accepted; retry later', {
        headers: { 'retry-after': '1' },
        cause,
      });
    }
    await this.recordEvent(service, seen.version, 'contract-accepted', `version ${seen.version} accepted`);
    await this.enqueue(() => this.compareAll(service));
    return known;
  }

  onModuleDestroy(): void {
    this.isStopped = true;
    this.schedule.clear();
    this.parts.calls.end();
  }

  private forget(service: string): void {
    this.parts.calls.unwatch(service);
    void this.enqueue(() => this.parts.store.remove(service));
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(work).catch((err: unknown) => {
      if (!this.isStopped) this.parts.logger.error({ err }, 'Contract check failed; it is repeated later');
    });
    return this.queue;
  }

  private async check(service: string, version: string): Promise<void> {
    const known = this.services.get(service);
    const seen = known?.versions.get(version);
    if (!known || !seen || this.isStopped) return;
    await this.fetch(known, seen);
    try {
      await this.compareAll(service);
    } catch (error) {
      this.schedule.addRetry(service, seen);
      throw error;
    }
  }

  private async fetch({ service }: ServiceContract, seen: SeenVersion): Promise<void> {
    if (seen.document) return;
    const { live = [] } = this.parts.table.current.get(service) ?? {};
    const instances = live.filter(({ version }) => version === seen.version);
    // It is checked when it is back.
    if (instances.length === 0) return void this.services.get(service)?.versions.delete(seen.version);
    const found = await comparedDocument(this.parts.source, instances);
    if (typeof found !== 'string') {
      seen.document = found;
      return;
    }
    seen.status = 'unknown';
    seen.reason = found;
    if (seen.attempts === 0)
      this.parts.logger.info(
        { service, version: seen.version, reason: found },
        'Contract of a version unknown',
      );
    if (this.services.get(service)) this.schedule.addRetry(service, seen);
  }

  /** Compares every version whose document is known, in the order in which they were seen. */
  private async compareAll(service: string): Promise<void> {
    const known = this.services.get(service);
    if (!known) return;
    known.contract = await this.contractOf(known);
    for (const seen of known.versions.values()) {
      // An earlier version may still become the contract.
      if (!known.contract && seen.status === 'waiting' && !seen.document) break;
      if (seen.document) await this.compare(known, seen, seen.document);
    }
    this.applyHolds(known);
    this.watchCalls(known);
  }

  /** The stored contract. A store that has lost it gets it back. */
  private async contractOf({ service, contract }: ServiceContract): Promise<Contract | undefined> {
    const { store } = this.parts;
    return (await store.read(service)) ?? (contract && store.write(service, contract, true));
  }

  private async compare(known: ServiceContract, seen: SeenVersion, document: OpenApiDocument): Promise<void> {
    const { version } = seen;
    const { contract } = known;
    if (contract && !contract.versions.includes(version)) {
      const { changes, incomplete } = await breakingChanges(contract.document, document);
      // An operator has accepted another version meanwhile.
      if (known.contract !== contract) return this.compare(known, seen, document);
      if (changes.length > 0) return this.reportBreak(known, seen, changes, incomplete);
      if (incomplete !== undefined)
        return void Object.assign(seen, { status: 'unknown', reason: incomplete, document: undefined });
    }
    if (!contract?.versions.includes(version)) {
      await this.write(known, version, document);
      // Another gateway has accepted the document of another version first.
      if (!known.contract?.versions.includes(version)) return this.compare(known, seen, document);
    }
    seen.status = 'accepted';
    seen.changes = [];
    seen.reason = undefined;
    // The contract has the document that later versions are compared with.
    seen.document = undefined;
  }

  private async write(known: ServiceContract, version: string, document: OpenApiDocument): Promise<void> {
    const { service, contract } = known;
    const versions = [...(contract?.versions ?? []), version].slice(-MAX_ACCEPTED_VERSIONS);
    const next: Contract = { version, versions, acceptedAt: Date.now(), document };
    known.contract = await this.parts.store.write(service, next, contract === undefined);
  }

  private async reportBreak(
    known: ServiceContract,
    seen: SeenVersion,
    changes: SeenVersion['changes'],
    incomplete: string | undefined,
  ): Promise<void> {
    const isNew = seen.status !== 'breaking';
    Object.assign(seen, { status: 'breaking', changes, reason: incomplete });
    if (!isNew) return;
    const { service } = known;
    const { version } = seen;
    const summary = known.summaryOf(seen);
    this.parts.logger.warn({ service, version, changes: changes.length }, `Contract broken: ${summary}`);
    // Traffic is held back before anything else is waited for.
    this.applyHolds(known);
    if (await this.parts.store.announce(service, version))
      await this.recordEvent(service, version, 'contract-changed', summary);
  }

  private async recordEvent(
    service: string,
    version: string,
    type: 'contract-changed' | 'contract-accepted',
    reason: string,
  ): Promise<void> {
    const instances = this.parts.table.current.get(service)?.live ?? [];
    const about = instances.find((each) => each.version === version) ?? instances[0];
    if (about) await this.parts.registry.recordEvent(about.id, { type, reason });
  }

  private applyHolds(known: ServiceContract): void {
    const onBreaking = this.parts.policies.onBreakingOf(known.service);
    this.parts.registry.holdVersions(known.service, known.holds(onBreaking));
  }

  private watchCalls({ service, broken, contract }: ServiceContract): void {
    const { calls } = this.parts;
    const operations = new Set(broken.flatMap(({ changes }) => changes.map(({ operation }) => operation)));
    if (operations.size > 0 && contract) calls.watch(service, contract.document, operations);
    else calls.unwatch(service);
  }
}
