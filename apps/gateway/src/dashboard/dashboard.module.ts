import { Module, type DynamicModule } from '@nestjs/common';
import { ENVIRONMENT_NAME, RootController } from './root.controller.js';

/** The root page. */
@Module({})
export class DashboardModule {
  static of(environment: string, discovery: DynamicModule): DynamicModule {
    return {
      module: DashboardModule,
      imports: [discovery],
      controllers: [RootController],
      providers: [{ provide: ENVIRONMENT_NAME, useValue: environment }],
    };
  }
}
