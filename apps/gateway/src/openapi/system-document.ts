import { withStoredValues, type StoredValues } from '#service-kit';
import { INSTANCE_ID, type LiveServiceTable, type ServiceEntry } from '../discovery/index.js';
import type { PolicySources } from '../policy/index.js';
import { internalPathsOf } from '../proxy/index.js';
import type { DocumentSource } from './document-source.js';
import { mergeDocuments, type ServiceDocument } from './merge-documents.js';
import { objectIn, UnusableDocument, type Json, type OpenApiDocument } from './openapi.js';
import { requirementsOf, securitySchemes } from './security-schemes.js';
import { SERVICE_NAME } from './service-name.js';

/** Creates the gateway's own document. */
export type OwnDocument = () => Promise<OpenApiDocument>;

/** What the document of the system is made of. */
export interface SystemParts {
  readonly own: OwnDocument;
  readonly table: LiveServiceTable;
  readonly source: Pick<DocumentSource, 'fetchDocument'>;
  readonly policies: PolicySources;
  /** Lines on versions that break the contract of their service. */
  readonly notes: () => readonly string[];
}

/** Caching time, milliseconds: a reload of the page, or many concurrent requests, cause one request per service. */
const CACHE_MS = 5000;
const MAX_CONCURRENT_SERVICES = 16;
const MAX_INSTANCES_TRIED = 2;

/** The one document of the whole system, built on request. */
export class SystemDocument {
  private cached: { readonly document: Promise<OpenApiDocument>; readonly expiresAt: number } | undefined;
  private known = '';

  constructor(private readonly parts: SystemParts) {
    parts.table.onChange(() => this.followServices());
    parts.policies.onChange(() => (this.cached = undefined));
  }

  document(): Promise<OpenApiDocument> {
    if (this.cached && this.cached.expiresAt > performance.now()) return this.cached.document;
    const document = this.build();
    const cached = { document, expiresAt: performance.now() + CACHE_MS };
    this.cached = cached;
    // A failure is not cached.
    document.catch(() => {
      if (this.cached === cached) this.cached = undefined;
    });
    return document;
  }

  /** Instances that come and go while the system starts must not be missing until the cached document expires. */
  private followServices(): void {
    if (!this.cached) return;
    const isOutdated = this.cached.expiresAt <= performance.now() || this.describeInstances() !== this.known;
    if (isOutdated) this.cached = undefined;
  }

  private describeInstances(): string {
    return JSON.stringify(
      this.parts.table.current.entries.map((entry) => [entry.name, entry.available[0]?.id]),
    );
  }

  private async build(): Promise<OpenApiDocument> {
    this.known = this.describeInstances();
    const [own, serviceDocuments] = await Promise.all([this.parts.own(), this.serviceDocuments()]);
    const components = {
      ...objectIn(own, 'components'),
      securitySchemes: securitySchemes(this.parts.policies),
    };
    const info = { ...own.info, description: this.describe(own.info.description) };
    const complete = withStoredValues({ ...own, info, components }, this.exampleValues());
    return mergeDocuments(complete, serviceDocuments);
  }

  /** Of a service with an available instance, as long as there is one. */
  private exampleValues(): StoredValues {
    const entry = this.parts.table.current.entries.find(({ available }) => available.length > 0);
    return { [SERVICE_NAME]: entry?.name, [INSTANCE_ID]: entry?.available[0]?.id };
  }

  private describe(description: Json | undefined): string {
    const text = typeof description === 'string' ? description : '';
    const notes = this.parts.notes();
    if (notes.length === 0) return text;
    const lines = notes.map((note) => `- ${note}`);
    return `${text}\n\nVersions that break the contract of their service (\`/discovery/contracts\`):\n${lines.join('\n')}`;
  }

  private async serviceDocuments(): Promise<readonly ServiceDocument[]> {
    const { entries } = this.parts.table.current;
    const found: ServiceDocument[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let entry = entries[next++]; entry; entry = entries[next++])
        found.push(await this.serviceDocument(entry));
    };
    await Promise.all(Array.from({ length: MAX_CONCURRENT_SERVICES }, worker));
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private async serviceDocument(entry: ServiceEntry): Promise<ServiceDocument> {
    const { name, instances } = entry;
    const { table, policies, source } = this.parts;
    const internal = internalPathsOf(instances);
    let reason = 'no instance is available';
    for (const instance of entry.available.slice(0, MAX_INSTANCES_TRIED)) {
      try {
        const document = await source.fetchDocument(instance);
        return {
          name,
          document,
          isInternal: (path) => internal.covers(path),
          requirementsOf: requirementsOf(policies, table.current, name),
        };
      } catch (error) {
        if (!(error instanceof UnusableDocument)) throw error;
        reason = error.message;
      }
    }
    return { name, reason };
  }
}
