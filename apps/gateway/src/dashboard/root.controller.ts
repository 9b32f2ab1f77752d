import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { acceptedType, DescribeOperation } from '#service-kit';
import { LiveServiceTable } from '../discovery/index.js';
import { GATEWAY_VERSION } from '../config/gateway.version.js';
import { LINKS } from './links.js';
import { page, type GatewayFacts } from './page.js';
import { PAGE_POLICY } from './style.js';

export const ENVIRONMENT_NAME = Symbol('environment');

const HTML = 'text/html';

/** Serves `/`: a page for browsers, links as JSON for other clients. */
@Controller()
export class RootController {
  constructor(
    private readonly table: LiveServiceTable,
    @Inject(ENVIRONMENT_NAME) private readonly environment: string,
  ) {}

  @DescribeOperation({ summary: 'Dashboard page (text/html) or links to every endpoint (JSON)' })
  @Get()
  root(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): object | string {
    void reply.headers({ vary: 'accept', 'cache-control': 'no-store' });
    if (acceptedType(accept, ['application/json', HTML]) !== HTML) return { ...this.facts(), links: LINKS };
    void reply.type(`${HTML}; charset=utf-8`).headers({
      'content-security-policy': PAGE_POLICY,
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
    return page(this.facts(), this.table.current.entries);
  }

  private facts(): GatewayFacts {
    const uptime = Math.round(process.uptime());
    return { name: 'msa-gateway', version: GATEWAY_VERSION, environment: this.environment, uptime };
  }
}
