import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DescribeOperation } from '#service-kit';
import { unknownPageFile } from '../problems.js';
import { PageFiles } from './page-files.js';
import { sendFile } from './send-file.js';

/** The scripts and styles of the dashboard. Their names change with their content. */
@Controller('dashboard/assets')
export class AssetsController {
  constructor(private readonly files: PageFiles) {}

  @DescribeOperation({ summary: 'Scripts and styles of the dashboard page', problems: [404] })
  @Get(':file')
  async read(
    @Param('file') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const file = this.files.asset(name);
    if (!file) throw unknownPageFile('the dashboard has no such file; reload the page');
    void reply.header('cache-control', 'public, max-age=31536000, immutable');
    await sendFile(request, reply, file);
  }
}
