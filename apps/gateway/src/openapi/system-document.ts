import type { LiveServiceTable, ServiceEntry } from '../discovery/index.js';
import { internalPathsOf } from '../proxy/index.js';
import type { DocumentSource } from './document-source.js';
import { mergeDocuments, type ServiceDocument } from './merge-documents.js';
import { UnusableDocument, type OpenApiDocument } from './openapi.js';

/** Creates the gateway's own document. */
export type OwnDocument = () => Promise<OpenApiDocument>;

/** Caching time, milliseconds: a reload of the page, or many concurrent requests, cause one request per service. */
const CACHE_MS = 5000;
const MAX_CONCURRENT_SERVICES = 16;
const MAX_INSTANCES_TRIED = 2;

/** The one document of the whole system, built on request. */
export class SystemDocument {
  private cached: { readonly document: Promise<OpenApiDocument>; readonly expiresAt: number } | undefined;

  constructor(
    private readonly own: OwnDocument,
    private readonly table: LiveServiceTable,
    private readonly source: DocumentSource,
  ) {}

  document(): Promise<OpenApiDocument> {
    if (this.cached && this.cached.expiresAt > performance.now()) return this.cached.document;
    const document = this.build();
    this.cached = { document, expiresAt: performance.now() + CACHE_MS };
    // A failure is not cached.
    document.catch(() => (this.cached = undefined));
    return document;
  }

  private async build(): Promise<OpenApiDocument> {
    const [own, serviceDocuments] = await Promise.all([this.own(), this.serviceDocuments()]);
    return mergeDocuments(own, serviceDocuments);
  }

  private async serviceDocuments(): Promise<readonly ServiceDocument[]> {
    const { entries } = this.table.current;
    const found: ServiceDocument[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let entry = entries[next++]; entry; entry = entries[next++])
        found.push(await this.serviceDocument(entry));
    };
    await Promise.all(Array.from({ length: MAX_CONCURRENT_SERVICES }, worker));
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private async serviceDocument({ name, instances, available }: ServiceEntry): Promise<ServiceDocument> {
    const internal = internalPathsOf(instances);
    let reason = 'no instance is available';
    for (const instance of available.slice(0, MAX_INSTANCES_TRIED)) {
      try {
        const document = await this.source.fetchDocument(instance);
        return { name, document, isInternal: (path) => internal.covers(path) };
      } catch (error) {
        if (!(error instanceof UnusableDocument)) throw error;
        reason = error.message;
      }
    }
    return { name, reason };
  }
}
