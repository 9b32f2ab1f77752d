import { Controller, Get, Param, Query } from '@nestjs/common';
import { InstanceQueryDto, type InstanceView } from '#contracts';
import { DescribeOperation } from '#service-kit';
import { unknownInstance } from '../model/problems.js';
import { RegistryService } from '../registry/registry.service.js';
import { requireInstance } from './require-instance.js';
import { INSTANCE, INSTANCES } from './schemas.js';

/** The registered instances. */
@Controller('discovery/services')
export class InstancesController {
  constructor(private readonly registry: RegistryService) {}

  @DescribeOperation({ summary: 'List instances', body: INSTANCES, query: InstanceQueryDto })
  @Get()
  list(@Query() query: InstanceQueryDto): Promise<readonly InstanceView[]> {
    return this.registry.list(query);
  }

  @DescribeOperation({ summary: 'Get an instance', body: INSTANCE, problems: [unknownInstance] })
  @Get(':id')
  async find(@Param('id') id: string): Promise<InstanceView> {
    return requireInstance(id, await this.registry.find(id));
  }
}
