import { Module, type DynamicModule } from '@nestjs/common';
import { DOCS, DocsController, type DocsOptions } from './docs.controller.js';

/** Serves `/docs` and `/docs-json` for any document. */
@Module({})
export class DocsModule {
  static of(options: DocsOptions): DynamicModule {
    return {
      module: DocsModule,
      controllers: [DocsController],
      providers: [{ provide: DOCS, useValue: options }],
    };
  }
}
