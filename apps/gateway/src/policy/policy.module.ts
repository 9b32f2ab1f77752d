import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { AppContext, RedisServer } from '#service-kit';
import { PoliciesController } from './policies.controller.js';
import { LivePolicyFile } from './live-policy-file.js';
import { LiveServiceTable } from '../discovery/index.js';
import { PolicyFileWatch } from './policy-file-watch.js';
import { PolicyArchive } from './policy-archive.js';
import { PolicyHistory } from './policy-history.js';
import { PolicyReadGuard } from './policy-read.guard.js';
import { PolicySources } from './policy-sources.js';
import type { TrafficSplits } from './traffic-splits.js';
import { VersionWatch } from './version-watch.js';
import { PROVIDER_STATES, type ProviderState } from './provider-state.js';

/** The sources of policies, and the endpoint that shows them. */
@Module({})
export class PolicyModule {
  /**
   * @param history of the policy file; without a file only instances declare policies
   * @param redis the server that gateways share; `undefined`: there is none
   * @param providers the authentication providers of the file, as they are now
   */
  static of(
    history: PolicyHistory,
    redis: RedisServer | undefined,
    splits: TrafficSplits,
    context: AppContext,
    discovery: DynamicModule,
    providers: () => readonly ProviderState[],
  ): DynamicModule {
    const { file } = history;
    return {
      module: PolicyModule,
      imports: [discovery],
      controllers: [PoliciesController],
      providers: [
        { provide: PolicySources, useValue: new PolicySources(file) },
        { provide: PolicyHistory, useValue: history },
        { provide: PROVIDER_STATES, useValue: providers },
        PolicyReadGuard,
        ...(file ? fileProviders(file, splits, context) : []),
        ...(file && redis
          ? [{ provide: PolicyArchive, useFactory: () => new PolicyArchive(redis, history) }]
          : []),
      ],
      exports: [
        PolicySources,
        PolicyHistory,
        PolicyReadGuard,
        PROVIDER_STATES,
        ...(file ? [LivePolicyFile] : []),
      ],
    };
  }
}

const fileProviders = (file: LivePolicyFile, splits: TrafficSplits, context: AppContext): Provider[] => [
  { provide: LivePolicyFile, useValue: file },
  { provide: PolicyFileWatch, useFactory: () => new PolicyFileWatch(file, context) },
  {
    provide: VersionWatch,
    useFactory: (services: LiveServiceTable) => new VersionWatch(splits, services, file, context.logger),
    inject: [LiveServiceTable],
  },
];
