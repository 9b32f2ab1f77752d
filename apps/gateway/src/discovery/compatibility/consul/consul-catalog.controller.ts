import { Controller, Get, Param, Query } from '@nestjs/common';
import type { InstanceView } from '#contracts';
import { RegistryService } from '../../registry/registry.service.js';
import { consulHealthOf, consulTagsOf } from './consul-view.js';

/** The part of Consul's API by which clients find services. Blocking queries are not supported. */
@Controller('v1')
export class ConsulCatalogController {
  constructor(private readonly registry: RegistryService) {}

  @Get('catalog/services')
  async services(): Promise<unknown> {
    const tags = new Map<string, Set<string>>();
    for (const view of await this.listed())
      tags.set(view.name, new Set([...(tags.get(view.name) ?? []), ...consulTagsOf(view)]));
    return Object.fromEntries([...tags].map(([name, each]) => [name, [...each]]));
  }

  @Get('health/service/:name')
  async health(
    @Param('name') name: string,
    @Query('passing') passing?: unknown,
    @Query('tag') tag?: unknown,
  ): Promise<unknown> {
    const isPassingOnly = passing !== undefined && passing !== 'false';
    return (await this.listed(name.toLowerCase()))
      .filter(({ status }) => !isPassingOnly || status === 'up')
      .filter((view) => typeof tag !== 'string' || consulTagsOf(view).includes(tag))
      .map(consulHealthOf);
  }

  private async listed(name?: string): Promise<readonly InstanceView[]> {
    return (await this.registry.list({ name })).filter(({ expiredAt }) => expiredAt === undefined);
  }
}
