import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { PurgeDto, validationFailed, type PurgeResult } from '#contracts';
import { DescribeOperation, type NamedSchema } from '#service-kit';
import { Audited, behindRegistryToken, RegistryWriteGuard } from '../../discovery/index.js';
import { purgeNotShared } from '../problems.js';
import { Purges } from '../purges/purges.js';

const PURGE_RESULT: NamedSchema = {
  name: 'PurgeResult',
  schema: {
    type: 'object',
    required: ['purged'],
    properties: {
      purged: {
        type: 'integer',
        description: 'stored responses that this gateway has removed from its memory',
      },
    },
  },
};

/** The endpoint that removes stored responses. */
@Controller('cache')
@UseGuards(RegistryWriteGuard)
export class CacheController {
  constructor(private readonly purges: Purges) {}

  @DescribeOperation(
    behindRegistryToken({
      summary: 'Remove stored responses by service, path and tag, from all gateways that share Redis',
      example: { service: 'product-service' } satisfies PurgeDto,
      body: PURGE_RESULT,
      problems: [purgeNotShared],
    }),
  )
  @Post('purge')
  @Audited('purge')
  @HttpCode(200)
  async purge(@Body() { service, path, tags }: PurgeDto): Promise<PurgeResult> {
    // Without members all would be removed, which needs to be said.
    if (service === undefined && path === undefined && tags === undefined) throw nothingSelected();
    return { purged: await this.purges.purge({ service, path, tags }) };
  }
}

const nothingSelected = () => {
  const detail = 'at least one of service, path and tags is required; the path "/*" selects everything';
  return validationFailed(detail, { errors: [{ pointer: '', detail }] });
};
