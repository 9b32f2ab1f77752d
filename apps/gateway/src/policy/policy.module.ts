import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import { PoliciesController } from './policies.controller.js';
import { LivePolicyFile } from './live-policy-file.js';
import { PolicyFileWatch } from './policy-file-watch.js';
import { PolicySources } from './policy-sources.js';

/** The sources of policies, and the endpoint that shows them. */
@Module({})
export class PolicyModule {
  /** @param file `undefined`: only instances declare policies */
  static of(
    file: LivePolicyFile | undefined,
    { logger }: AppContext,
    discovery: DynamicModule,
  ): DynamicModule {
    return {
      module: PolicyModule,
      imports: [discovery],
      controllers: [PoliciesController],
      providers: [
        { provide: PolicySources, useValue: new PolicySources(file) },
        ...(file ? fileProviders(file, logger) : []),
      ],
      exports: [PolicySources, ...(file ? [LivePolicyFile] : [])],
    };
  }
}

const fileProviders = (file: LivePolicyFile, logger: AppContext['logger']): Provider[] => [
  { provide: LivePolicyFile, useValue: file },
  { provide: PolicyFileWatch, useFactory: () => new PolicyFileWatch(file, logger) },
];
