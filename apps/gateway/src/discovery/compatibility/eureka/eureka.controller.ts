import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  UseGuards,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Problem, type InstanceView } from '#contracts';
import { Audited } from '../../access/audit.interceptor.js';
import { requireInstance } from '../../http/require-instance.js';
import { RegistryService } from '../../registry/registry.service.js';
import { RegistryHistory } from '../../history/registry-history.js';
import { eurekaDeltaOf } from './eureka-delta.js';
import { idOf, isUp, registrationFrom, serviceOf } from './eureka-registration.js';
import { eurekaAppsOf, eurekaInstanceOf, isListed } from './eureka-view.js';
import { EurekaWriteGuard } from './eureka-write.guard.js';

const PATHS = ['eureka/apps', 'eureka/v2/apps'];

/** Eureka's REST API: `/eureka/v2` is the path of Netflix, `/eureka` that of Spring Cloud. */
@Controller(PATHS)
export class EurekaController implements OnModuleInit {
  constructor(
    private readonly registry: RegistryService,
    private readonly history: RegistryHistory,
    private readonly host: HttpAdapterHost,
  ) {}

  /** Clients request `/eureka/apps/`, too; Nest declares no path that ends in a slash. */
  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    for (const path of PATHS) fastify.get(`/${path}/`, () => this.apps());
  }

  @Get()
  async apps(): Promise<unknown> {
    return eurekaAppsOf(await this.registry.list());
  }

  @Get('delta')
  async delta(): Promise<unknown> {
    return eurekaDeltaOf(this.history, await this.registry.list(), Date.now());
  }

  @Get(':app')
  async app(@Param('app') app: string): Promise<unknown> {
    const views = await this.registry.list({ name: serviceOf(app) });
    const [application] = eurekaAppsOf(views).applications.application;
    return { application: requireInstance(app, application) };
  }

  @Get(':app/:id')
  async instance(@Param('app') app: string, @Param('id') id: string): Promise<unknown> {
    const view = await this.registry.find(idOf(app, id));
    return { instance: eurekaInstanceOf(requireInstance(id, view && isListed(view) ? view : undefined)) };
  }

  @Post(':app')
  @UseGuards(EurekaWriteGuard)
  @HttpCode(204)
  async register(@Param('app') app: string, @Body() body: unknown): Promise<void> {
    const { registration, alternativeUrl: url, isReady } = registrationFrom(app, body);
    try {
      await this.registry.register(registration, undefined, { isReady });
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'target-unknown' || !url) throw error;
      await this.registry.register(Object.assign(registration, { url }), undefined, { isReady });
    }
  }

  @Put(':app/:id')
  @UseGuards(EurekaWriteGuard)
  async heartbeat(
    @Param('app') app: string,
    @Param('id') id: string,
    @Query('status') status?: unknown,
  ): Promise<void> {
    const report = typeof status === 'string' && status !== '' ? { ready: isUp(status) } : {};
    requireInstance(id, await this.registry.heartbeat(idOf(app, id), report));
  }

  @Delete(':app/:id')
  @UseGuards(EurekaWriteGuard)
  @Audited('unregister')
  async deregister(@Param('app') app: string, @Param('id') id: string): Promise<void> {
    requireInstance(id, (await this.registry.unregister(idOf(app, id))) || undefined);
  }

  @Put(':app/:id/status')
  @UseGuards(EurekaWriteGuard)
  @Audited('override-status')
  async override(
    @Param('app') app: string,
    @Param('id') id: string,
    @Query('value') value: unknown,
  ): Promise<void> {
    const isOut = typeof value !== 'string' || !isUp(value);
    requireInstance(id, await this.setDraining(idOf(app, id), isOut));
  }

  @Delete(':app/:id/status')
  @UseGuards(EurekaWriteGuard)
  @Audited('end-override')
  async endOverride(@Param('app') app: string, @Param('id') id: string): Promise<void> {
    requireInstance(id, await this.setDraining(idOf(app, id), false));
  }

  private setDraining(id: string, isDraining: boolean): Promise<InstanceView | undefined> {
    return isDraining ? this.registry.drain(id) : this.registry.resume(id);
  }
}
