import { Body, Controller, Get, Param, Put, Query, Req, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { validationFailed, type InstanceView } from '#contracts';
import { Audited } from '../../access/audit.interceptor.js';
import { requireInstance } from '../../http/require-instance.js';
import { RegistryService } from '../../registry/registry.service.js';
import { membersOf, textOf } from '../members.js';
import { registryId } from '../registration.js';
import { ConsulChecks } from './consul-checks.js';
import { isPassing, registrationFrom } from './consul-registration.js';
import { consulIdOf, consulServiceOf } from './consul-view.js';
import { ConsulWriteGuard } from './consul-write.guard.js';

const STATUS_OF: Readonly<Record<string, string>> = { pass: 'passing', warn: 'warning', fail: 'critical' };

/** The part of Consul's agent API by which services register and report. */
@Controller('v1/agent')
export class ConsulAgentController {
  constructor(
    private readonly registry: RegistryService,
    private readonly checks: ConsulChecks,
  ) {}

  @Get('services')
  async services(): Promise<unknown> {
    const views = (await this.registry.list()).filter(({ expiredAt }) => expiredAt === undefined);
    return Object.fromEntries(views.map((view) => [consulIdOf(view), consulServiceOf(view)]));
  }

  @Put('service/register')
  @UseGuards(ConsulWriteGuard)
  async register(@Body() body: unknown, @Req() request: FastifyRequest): Promise<void> {
    const { registration, isReady } = registrationFrom(body, senderOf(request));
    await this.registry.register(registration, undefined, { isReady });
  }

  @Put('service/deregister/:id')
  @UseGuards(ConsulWriteGuard)
  @Audited('unregister')
  async deregister(@Param('id') id: string): Promise<void> {
    requireInstance(id, (await this.registry.unregister(registryId(id))) || undefined);
  }

  @Put('service/maintenance/:id')
  @UseGuards(ConsulWriteGuard)
  @Audited('maintenance')
  async maintenance(@Param('id') id: string, @Query('enable') enable: unknown): Promise<void> {
    const own = registryId(id);
    requireInstance(id, await (enable === 'true' ? this.registry.drain(own) : this.registry.resume(own)));
  }

  @Put('check/update/:id')
  @UseGuards(ConsulWriteGuard)
  update(@Param('id') id: string, @Body() body: unknown): Promise<void> {
    const status = textOf(membersOf(body).Status) ?? '';
    if (!Object.values(STATUS_OF).includes(status))
      throw validationFailed('/Status must be passing, warning or critical', {
        errors: [{ pointer: '/Status', detail: 'must be passing, warning or critical' }],
      });
    return this.report(id, status);
  }

  @Put(['check/pass/:id', 'check/warn/:id', 'check/fail/:id'])
  @UseGuards(ConsulWriteGuard)
  check(@Param('id') id: string, @Req() { url }: FastifyRequest): Promise<void> {
    const [, verb = ''] = /\/check\/([a-z]+)\//.exec(url) ?? [];
    return this.report(id, STATUS_OF[verb] ?? '');
  }

  private async report(checkId: string, status: string): Promise<void> {
    const ready = isPassing(status);
    const id = requireInstance(checkId, this.checks.instanceOf(checkId));
    if (await this.registry.heartbeat(id, { ready })) return;
    await this.revive(requireInstance(checkId, await this.registry.find(id)), ready);
  }

  /** A TTL check of Consul recovers with its next report, without a registration. */
  private async revive(expired: InstanceView, isReady: boolean): Promise<void> {
    const { id, name, url, version, weight, ttlSeconds, healthPath, metadata } = expired;
    const registration = { id, name, url, version, weight, ttlSeconds, healthPath, metadata };
    await this.registry.register({ ...registration, metadata: { ...metadata } }, undefined, { isReady });
  }
}

/** The address of the connection: a forwarding field could name any address as the instance's. */
const senderOf = ({ raw }: FastifyRequest): string =>
  (raw.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
