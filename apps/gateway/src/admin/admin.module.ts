import { Module, type DynamicModule } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import { LOG_LEVEL, LogLevelController } from './log-level.controller.js';

/** Operation of the running process. */
@Module({})
export class AdminModule {
  /** @param discovery exports RegistryAccess */
  static of({ logLevel }: AppContext, discovery: DynamicModule): DynamicModule {
    return {
      module: AdminModule,
      imports: [discovery],
      controllers: [LogLevelController],
      providers: [{ provide: LOG_LEVEL, useValue: logLevel }],
    };
  }
}
