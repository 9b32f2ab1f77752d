import type { OpenApiDocument } from '../openapi.js';

/** The document that versions of a service are compared with. */
export interface Contract {
  /** The version that the document is from. */
  readonly version: string;
  /** Versions that do not break it, or that an operator accepted; the newest last. A rollback to one is no change. */
  readonly versions: readonly string[];
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
  readonly document: OpenApiDocument;
}

/** Where contracts are kept: in this gateway, or in Redis for all gateways on one registry. */
export interface ContractStore {
  read(service: string): Promise<Contract | undefined>;
  /** Keeps `contract`. @param isFirst only if the service has none; returns the one that it has then */
  write(service: string, contract: Contract, isFirst: boolean): Promise<Contract>;
  /** Forgets a service that is not known any more. */
  remove(service: string): Promise<void>;
  /** Whether no gateway has announced this version before. */
  announce(service: string, version: string): Promise<boolean>;
}

/** The contracts of one gateway; they end with its process. */
export class MemoryContractStore implements ContractStore {
  private readonly contracts = new Map<string, Contract>();
  private readonly announced = new Map<string, Set<string>>();

  read(service: string): Promise<Contract | undefined> {
    return Promise.resolve(this.contracts.get(service));
  }

  write(service: string, contract: Contract, isFirst: boolean): Promise<Contract> {
    const kept = (isFirst ? this.contracts.get(service) : undefined) ?? contract;
    this.contracts.set(service, kept);
    return Promise.resolve(kept);
  }

  announce(service: string, version: string): Promise<boolean> {
    const versions = this.announced.get(service) ?? new Set();
    const isNew = !versions.has(version);
    this.announced.set(service, versions.add(version));
    return Promise.resolve(isNew);
  }

  remove(service: string): Promise<void> {
    this.contracts.delete(service);
    this.announced.delete(service);
    return Promise.resolve();
  }
}
