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
import { behindRegistryToken } from '../access/describe-access.js';
import {
  registryFull,
  registryUnavailable,
  targetNotUnicast,
  targetRefused,
  targetUnknown,
  tooManyInstances,
  unknownInstance,
} from '../model/problems.js';
import { RegistryWriteGuard } from '../access/registry-write.guard.js';
import { RegistryService } from '../registry/registry.service.js';
import { requireInstance } from './require-instance.js';
import { INSTANCE_ID } from './instance-id.js';
import { CLEANUP, INSTANCE, REGISTRATION } from './schemas.js';

const EXAMPLE = {
  id: 'example-service-1',
  name: 'example-service',
  url: 'http://127.0.0.1:8100',
  version: '1.0.0',
} satisfies RegisterInstanceDto;

/** The endpoints that change the registry. */
@Controller('discovery')
@UseGuards(RegistryWriteGuard)
export class RegistrationController {
  constructor(private readonly registry: RegistryService) {}

  @DescribeOperation(
    behindRegistryToken({
      summary: 'Register an instance (201), or renew the instance with the same id (200)',
      status: 201,
      example: EXAMPLE,
      body: REGISTRATION,
      problems: [
        targetRefused,
        tooManyInstances,
        413,
        415,
        targetNotUnicast,
        targetUnknown,
        registryFull,
        registryUnavailable,
      ],
    }),
  )
  @Post('register')
  async register(
    @Body() registration: RegisterInstanceDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RegistrationResult> {
    const { instance, isNew, token } = await this.registry.register(registration);
    void reply.status(isNew ? 201 : 200).header('location', `/discovery/services/${instance.id}`);
    return { ...instance, instanceToken: token };
  }

  @DescribeOperation(
    behindRegistryToken({
      summary: 'Unregister an instance',
      description: 'The id of the example is that of the example of a registration.',
      path: { id: EXAMPLE.id },
      status: 204,
      problems: [unknownInstance],
    }),
  )
  @Delete('unregister/:id')
  @Audited('unregister')
  @HttpCode(204)
  async unregister(@Param('id') id: string): Promise<void> {
    requireInstance(id, (await this.registry.unregister(id)) || undefined);
  }

  @DescribeOperation(
    behindRegistryToken({
      summary: 'Renew the lease of an instance; after a 404 (unknown id or expired lease), register again',
      body: INSTANCE,
      path: { id: INSTANCE_ID },
      example: { inFlight: 3, loopLagMs: 1.5 } satisfies HeartbeatDto,
      bodyIsOptional: true,
      problems: [unknownInstance],
    }),
  )
  @Post('heartbeat/:id')
  @HttpCode(200)
  async heartbeat(@Param('id') id: string, @Body() heartbeat: HeartbeatDto): Promise<InstanceView> {
    return requireInstance(id, await this.registry.heartbeat(id, heartbeat));
  }

  @DescribeOperation(behindRegistryToken({ summary: 'Remove all expired instances', body: CLEANUP }))
  @Post('cleanup')
  @Audited('cleanup')
  @HttpCode(200)
  async cleanup(): Promise<CleanupResult> {
    return { removed: await this.registry.cleanup() };
  }

  @DescribeOperation(
    behindRegistryToken({
      summary: 'Drain an instance: it receives no new requests, and requests in flight finish',
      status: 202,
      body: INSTANCE,
      problems: [unknownInstance],
    }),
  )
  @Post('services/:id/drain')
  @Audited('drain')
  @HttpCode(202)
  async drain(@Param('id') id: string): Promise<InstanceView> {
    return requireInstance(id, await this.registry.drain(id));
  }

  @DescribeOperation(
    behindRegistryToken({
      summary: 'Cancel the drain of an instance',
      body: INSTANCE,
      problems: [unknownInstance],
    }),
  )
  @Delete('services/:id/drain')
  @Audited('resume')
  async resume(@Param('id') id: string): Promise<InstanceView> {
    return requireInstance(id, await this.registry.resume(id));
  }

  @DescribeOperation(
    behindRegistryToken({
      summary: 'Set the weight of an instance, until it registers again',
      body: INSTANCE,
      example: { weight: 100 } satisfies WeightDto,
      problems: [unknownInstance, 415],
    }),
  )
  @Put('services/:id/weight')
  @Audited('set-weight')
  async setWeight(@Param('id') id: string, @Body() { weight }: WeightDto): Promise<InstanceView> {
    return requireInstance(id, await this.registry.setWeight(id, weight));
  }
}
