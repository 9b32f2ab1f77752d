import { Body, Controller, Delete, HttpCode, Param, Post, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { HeartbeatDto, RegisterInstanceDto, type CleanupResult, type InstanceView } from '#contracts';
import { RegistryWriteGuard } from '../access/registry-write.guard.js';
import { RegistryService } from '../registry.service.js';
import { known } from './known.js';

/** Everything that changes the registry. */
@Controller('discovery')
@UseGuards(RegistryWriteGuard)
export class RegistrationController {
  constructor(private readonly registry: RegistryService) {}

  @Post('register')
  async register(
    @Body() registration: RegisterInstanceDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstanceView> {
    const { instance, isNew } = await this.registry.register(registration);
    void reply.status(isNew ? 201 : 200).header('location', `/discovery/services/${instance.id}`);
    return instance;
  }

  @Delete('unregister/:id')
  @HttpCode(204)
  async unregister(@Param('id') id: string): Promise<void> {
    known(id, (await this.registry.unregister(id)) || undefined);
  }

  /** A 404 tells the instance to register again. */
  @Post('heartbeat/:id')
  @HttpCode(200)
  async heartbeat(@Param('id') id: string, @Body() beat: HeartbeatDto): Promise<InstanceView> {
    return known(id, await this.registry.heartbeat(id, beat));
  }

  @Post('cleanup')
  @HttpCode(200)
  async cleanup(): Promise<CleanupResult> {
    return { removed: await this.registry.cleanup() };
  }

  @Post('services/:id/drain')
  @HttpCode(202)
  async drain(@Param('id') id: string): Promise<InstanceView> {
    return known(id, await this.registry.drain(id));
  }

  @Delete('services/:id/drain')
  async resume(@Param('id') id: string): Promise<InstanceView> {
    return known(id, await this.registry.resume(id));
  }
}
