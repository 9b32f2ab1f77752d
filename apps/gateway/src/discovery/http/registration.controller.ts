import { Body, Controller, Delete, HttpCode, Param, Post, Put, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import {
  HeartbeatDto,
  RegisterInstanceDto,
  WeightDto,
  type CleanupResult,
  type InstanceView,
  type RegistrationResult,
} from '#contracts';
import { DescribeOperation } from '#service-kit';
import { Audited } from '../access/audit.interceptor.js';
import { RegistryWriteGuard } from '../access/registry-write.guard.js';
import { RegistryService } from '../registry/registry.service.js';
import { requireInstance } from './require-instance.js';
import { CLEANUP, INSTANCE, REGISTRATION } from './schemas.js';

/** The endpoints that change the registry. */
@Controller('discovery')
@UseGuards(RegistryWriteGuard)
export class RegistrationController {
  constructor(private readonly registry: RegistryService) {}

  @DescribeOperation({
    summary: 'Register an instance (201), or renew the instance with the same id (200)',
    status: 201,
    body: REGISTRATION,
    problems: [401, 403, 409, 413, 415, 422, 503],
  })
  @Post('register')
  async register(
    @Body() registration: RegisterInstanceDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RegistrationResult> {
    const { instance, isNew, token } = await this.registry.register(registration);
    void reply.status(isNew ? 201 : 200).header('location', `/discovery/services/${instance.id}`);
    return { ...instance, instanceToken: token };
  }

  @DescribeOperation({ summary: 'Unregister an instance', status: 204, problems: [401, 403, 404] })
  @Delete('unregister/:id')
  @Audited('unregister')
  @HttpCode(204)
  async unregister(@Param('id') id: string): Promise<void> {
    requireInstance(id, (await this.registry.unregister(id)) || undefined);
  }

  @DescribeOperation({
    summary: 'Renew the lease of an instance; after a 404 (unknown id or expired lease), register again',
    body: INSTANCE,
    bodyIsOptional: true,
    problems: [401, 403, 404],
  })
  @Post('heartbeat/:id')
  @HttpCode(200)
  async heartbeat(@Param('id') id: string, @Body() heartbeat: HeartbeatDto): Promise<InstanceView> {
    return requireInstance(id, await this.registry.heartbeat(id, heartbeat));
  }

  @DescribeOperation({ summary: 'Remove all expired instances', body: CLEANUP, problems: [401, 403] })
  @Post('cleanup')
  @Audited('cleanup')
  @HttpCode(200)
  async cleanup(): Promise<CleanupResult> {
    return { removed: await this.registry.cleanup() };
  }

  @DescribeOperation({
    summary: 'Drain an instance: it receives no new requests, and requests in flight finish',
    status: 202,
    body: INSTANCE,
    problems: [401, 403, 404],
  })
  @Post('services/:id/drain')
  @Audited('drain')
  @HttpCode(202)
  async drain(@Param('id') id: string): Promise<InstanceView> {
    return requireInstance(id, await this.registry.drain(id));
  }

  @DescribeOperation({
    summary: 'Cancel the drain of an instance',
    body: INSTANCE,
    problems: [401, 403, 404],
  })
  @Delete('services/:id/drain')
  @Audited('resume')
  async resume(@Param('id') id: string): Promise<InstanceView> {
    return requireInstance(id, await this.registry.resume(id));
  }

  @DescribeOperation({
    summary: 'Set the weight of an instance, until it registers again',
    body: INSTANCE,
    problems: [401, 403, 404, 415],
  })
  @Put('services/:id/weight')
  @Audited('set-weight')
  async setWeight(@Param('id') id: string, @Body() { weight }: WeightDto): Promise<InstanceView> {
    return requireInstance(id, await this.registry.setWeight(id, weight));
  }
}
