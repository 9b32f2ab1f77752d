import { Module, type DynamicModule } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import type { GatewayConfig } from '../../config/gateway.config.js';
import { EventLog, LiveServiceTable, RegistryService } from '../../discovery/index.js';
import { PolicySources } from '../../policy/index.js';
import { TrafficRecorder } from '../../proxy/index.js';
import { DocumentSource } from '../document-source.js';
import { CallWatch } from './call-watch.js';
import { ContractCheck } from './contract-check.js';
import { MemoryContractStore, type ContractStore } from './contract-store.js';
import { ContractsController } from './contracts.controller.js';
import { RedisContractStore } from './redis-contract-store.js';

/** The contract check, and the endpoints that show and accept contracts. */
@Module({})
export class ContractsModule {
  /** @param imports modules that export what the check follows, and TrafficRecorder */
  static of(config: GatewayConfig, { logger }: AppContext, imports: DynamicModule[]): DynamicModule {
    return {
      module: ContractsModule,
      imports,
      controllers: [ContractsController],
      providers: [
        { provide: DocumentSource, useFactory: () => new DocumentSource() },
        {
          provide: CallWatch,
          useFactory: (recorder: TrafficRecorder) => new CallWatch((observer) => recorder.observe(observer)),
          inject: [TrafficRecorder],
        },
        {
          provide: ContractCheck,
          useFactory: (
            table: LiveServiceTable,
            registry: RegistryService,
            policies: PolicySources,
            source: DocumentSource,
            calls: CallWatch,
            events: EventLog,
          ) =>
            new ContractCheck({
              ...{ table, registry, policies, source, calls, events, logger },
              store: storeOf(config),
            }),
          inject: [LiveServiceTable, RegistryService, PolicySources, DocumentSource, CallWatch, EventLog],
        },
      ],
      exports: [ContractCheck],
    };
  }
}

const storeOf = ({ redisUrl: url, redisPrefix: prefix }: GatewayConfig): ContractStore =>
  url === undefined ? new MemoryContractStore() : new RedisContractStore({ url, prefix });
