import { Module, type DynamicModule } from '@nestjs/common';
import { describeApp, DocsModule, once, type AppContext } from '#service-kit';
import { LiveServiceTable } from '../discovery/index.js';
import { PolicySources } from '../policy/index.js';
import { GATEWAY_VERSION } from '../config/gateway.version.js';
import { API_PATHS } from './api-paths.js';
import { SystemDocument, type OwnDocument } from './system-document.js';
import { DocumentSource } from './document-source.js';
import { ContractCheck } from './contracts/contract-check.js';
import { ProblemsController } from './problems/problems.controller.js';
import { asDocument } from './openapi.js';

const INFO = {
  title: 'MSA Gateway',
  version: GATEWAY_VERSION,
  description: 'The gateway, and every registered service under its gateway path.',
};

const PROBLEM_TYPES_DOCS = { description: 'Problem types', url: './docs/problems' };

const ownDocument = (context: AppContext): OwnDocument =>
  once(async () => {
    const { paths, ...document } = asDocument(await describeApp(context.application(), INFO));
    return { ...document, externalDocs: PROBLEM_TYPES_DOCS, paths: { ...paths, ...API_PATHS } };
  });

/** Serves `/docs` and `/docs-json` of the whole system. */
@Module({})
export class GatewayDocsModule {
  /** @param contracts the module that exports ContractCheck */
  static of(
    context: AppContext,
    discovery: DynamicModule,
    policies: DynamicModule,
    contracts: DynamicModule,
  ): DynamicModule {
    const systemDocument = (): SystemDocument => context.application().get(SystemDocument, { strict: false });
    return {
      module: GatewayDocsModule,
      imports: [
        discovery,
        policies,
        contracts,
        DocsModule.of({ title: INFO.title, document: () => systemDocument().document() }),
      ],
      controllers: [ProblemsController],
      providers: [
        { provide: DocumentSource, useFactory: () => new DocumentSource() },
        {
          provide: SystemDocument,
          useFactory: (
            table: LiveServiceTable,
            source: DocumentSource,
            policySources: PolicySources,
            check: ContractCheck,
          ) =>
            new SystemDocument({
              own: ownDocument(context),
              table,
              source,
              policies: policySources,
              notes: () => check.broken.map(({ service, summary }) => `${service}: ${summary}`),
            }),
          inject: [LiveServiceTable, DocumentSource, PolicySources, ContractCheck],
        },
      ],
    };
  }
}
