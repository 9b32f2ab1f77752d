import type { LiveServiceTable, ServiceEntry } from '../discovery/index.js';
import { internalPathsOf } from '../proxy/index.js';
import type { DocumentSource } from './document-source.js';
import { mergeDocuments, type ServiceDocument } from './merge-documents.js';
import { UnusableDocument, type OpenApiDocument } from './openapi.js';

/** Creates the gateway's own document. */
export type OwnDocument = () => Promise<OpenApiDocument>;

/** Caching time, milliseconds: a reload of the page, or many concurrent requests, cause one request per service. */
const FRESH_MS = 5000;
const SERVICES_AT_ONCE = 16;
const INSTANCES_ASKED = 2;

/** The one document of the whole system, built on request. */
export class DocumentLibrary {
  private latest: { readonly document: Promise<OpenApiDocument>; readonly until: number } | undefined;

  constructor(
    private readonly own: OwnDocument,
    private readonly table: LiveServiceTable,
    private readonly source: DocumentSource,
  ) {}

  document(): Promise<OpenApiDocument> {
    if (this.latest && this.latest.until > performance.now()) return this.latest.document;
    const document = this.make();
    this.latest = { document, until: performance.now() + FRESH_MS };
    // A failure is not cached.
    document.catch(() => (this.latest = undefined));
    return document;
  }

  private async make(): Promise<OpenApiDocument> {
    const [own, services] = await Promise.all([this.own(), this.services()]);
    return mergeDocuments(own, services);
  }

  private async services(): Promise<readonly ServiceDocument[]> {
    const { entries } = this.table.current;
    const found: ServiceDocument[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      for (let entry = entries[next++]; entry; entry = entries[next++]) found.push(await this.ask(entry));
    };
    await Promise.all(Array.from({ length: SERVICES_AT_ONCE }, work));
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private async ask({ name, instances, available }: ServiceEntry): Promise<ServiceDocument> {
    const internal = internalPathsOf(instances);
    let reason = 'no instance is available';
    for (const instance of available.slice(0, INSTANCES_ASKED)) {
      try {
        const document = await this.source.documentOf(instance);
        return { name, document, isInternal: (path) => internal.covers(path) };
      } catch (error) {
        if (!(error instanceof UnusableDocument)) throw error;
        reason = error.message;
      }
    }
    return { name, reason };
  }
}
