import { Controller, Get, Header, Inject, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { notFound } from '#contracts';
import { assetOf, PAGE_POLICY, pageOfDocs } from './swagger-ui.js';

/** Content of the pages. */
export interface DocsOptions {
  readonly title: string;
  /** Called for every request of `/docs-json`; caching is the task of the function. */
  document(): Promise<object>;
}

export const DOCS = Symbol('docs');

/** Serves `/docs` as HTML and `/docs-json` as JSON. */
@Controller()
export class DocsController {
  constructor(@Inject(DOCS) private readonly options: DocsOptions) {}

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', PAGE_POLICY)
  @Header('referrer-policy', 'no-referrer')
  @Header('x-frame-options', 'DENY')
  page(): string {
    return pageOfDocs(this.options.title);
  }

  @Get('docs-json')
  document(): Promise<object> {
    return this.options.document();
  }

  @Get('docs/:asset')
  @Header('cache-control', 'public, max-age=3600')
  async asset(
    @Param('asset') name: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | string> {
    const asset = await assetOf(name);
    if (!asset) throw notFound('no resource exists at this path');
    void reply.type(asset.type);
    return asset.content;
  }
}
