import { Module, type DynamicModule } from '@nestjs/common';
import { DOCS, DocsController, type DocsOptions } from './docs.controller.js';

/** `/docs` and `/docs-json` over any document. */
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
