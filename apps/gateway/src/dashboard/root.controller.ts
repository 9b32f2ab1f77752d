import { Controller, Get, Headers, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptedType, DescribeOperation } from '#service-kit';
import { GATEWAY_VERSION } from '../config/gateway.version.js';
import { LINKS } from './links.js';
import { PageFiles } from './page/page-files.js';
import { sendFile } from './page/send-file.js';

export const ENVIRONMENT_NAME = Symbol('environment');

const HTML = 'text/html';

/** The page loads nothing from elsewhere, runs no text as script, and is shown in no frame. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** Serves `/`: the dashboard for browsers, links as JSON for other clients. */
@Controller()
export class RootController {
  constructor(
    private readonly files: PageFiles,
    @Inject(ENVIRONMENT_NAME) private readonly environment: string,
  ) {}

  @DescribeOperation({ summary: 'Dashboard page (text/html) or links to every endpoint (JSON)' })
  @Get()
  async root(
    @Headers('accept') accept: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    void reply.header('vary', 'accept');
    if (acceptedType(accept, ['application/json', HTML]) !== HTML)
      return void reply.header('cache-control', 'no-store').send(this.description());
    void reply.headers({
      // Asks each time, so that a new version is shown after an update.
      'cache-control': 'no-cache',
      'content-security-policy': PAGE_POLICY,
      'x-frame-options': 'DENY',
    });
    await sendFile(request, reply, this.files.index);
  }

  private description(): object {
    const uptime = Math.round(process.uptime());
    const { environment } = this;
    return { name: 'msa-gateway', version: GATEWAY_VERSION, environment, uptime, links: LINKS };
  }
}
