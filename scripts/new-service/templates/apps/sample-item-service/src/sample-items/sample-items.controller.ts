import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import {
  DescribeOperation,
  ListQueryDto,
  pageOf,
  PathText,
  Preconditions,
  RequestPreconditions,
  resource,
  type Page,
  type Versioned,
} from '#service-kit';
import {
  SampleItemDto,
  SampleItemPatchDto,
  SampleItemReplacementDto,
  type SampleItem,
} from './sample-item.js';
import { SampleItemsService } from './sample-items.service.js';

const SAMPLE_ITEM = resource('SampleItem', SampleItemDto);

const EXAMPLE: SampleItemDto = { name: 'First', description: 'The first sample item' };

/** `/sample-items` */
@Controller('sample-items')
export class SampleItemsController {
  constructor(private readonly service: SampleItemsService) {}

  @DescribeOperation({ summary: 'List sample items', body: pageOf(SAMPLE_ITEM), query: ListQueryDto })
  @Get()
  list(@Query() query: ListQueryDto): Promise<Page<SampleItem>> {
    return this.service.list(query);
  }

  @DescribeOperation({
    summary: 'Create a sample item',
    status: 201,
    example: EXAMPLE,
    body: SAMPLE_ITEM,
    versioned: true,
  })
  @Post()
  async create(
    @Body() body: SampleItemDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Versioned<SampleItem>> {
    const created = await this.service.create(body);
    void reply.header('location', `/sample-items/${created.body.id}`);
    return created;
  }

  @DescribeOperation({ summary: 'Get a sample item', body: SAMPLE_ITEM, versioned: true, problems: [404] })
  @Get(':id')
  get(@Param('id', PathText) id: string): Promise<Versioned<SampleItem>> {
    return this.service.get(id);
  }

  @DescribeOperation({
    summary: 'Replace a sample item; read-only members may be sent with their current values',
    example: EXAMPLE,
    body: SAMPLE_ITEM,
    versioned: true,
    problems: [404],
  })
  @Put(':id')
  replace(
    @Param('id', PathText) id: string,
    @Body() body: SampleItemReplacementDto,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Versioned<SampleItem>> {
    return this.service.replace(id, body, preconditions);
  }

  @DescribeOperation({
    summary: 'Update a sample item',
    example: { name: 'Renamed' } satisfies SampleItemPatchDto,
    body: SAMPLE_ITEM,
    versioned: true,
    problems: [404],
  })
  @Patch(':id')
  merge(
    @Param('id', PathText) id: string,
    @Body() changes: SampleItemPatchDto,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Versioned<SampleItem>> {
    return this.service.merge(id, changes, preconditions);
  }

  @DescribeOperation({ summary: 'Delete a sample item', status: 204, versioned: true, problems: [404] })
  @Delete(':id')
  @HttpCode(204)
  async remove(
    @Param('id', PathText) id: string,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<void> {
    await this.service.remove(id, preconditions);
  }
}
