import { Controller, Get, Param, Query } from '@nestjs/common';
import { InstanceQueryDto, type InstanceView } from '#contracts';
import { RegistryService } from '../registry.service.js';
import { known } from './known.js';

/** Who is registered. */
@Controller('discovery/services')
export class InstancesController {
  constructor(private readonly registry: RegistryService) {}

  @Get()
  list(@Query() query: InstanceQueryDto): Promise<readonly InstanceView[]> {
    return this.registry.list(query);
  }

  @Get(':id')
  async find(@Param('id') id: string): Promise<InstanceView> {
    return known(id, await this.registry.find(id));
  }
}
