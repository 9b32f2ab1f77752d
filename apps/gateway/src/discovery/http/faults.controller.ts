import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, UseGuards } from '@nestjs/common';
import { FaultDto, type FaultView } from '#contracts';
import { DescribeOperation } from '#service-kit';
import { RegistryWriteGuard } from '../access/registry-write.guard.js';
import { InjectedFaults } from '../faults/injected-faults.js';
import { Audited } from '../access/audit.interceptor.js';
import { behindRegistryToken } from '../access/describe-access.js';
import { faultsNotAllowed, unknownInstance } from '../model/problems.js';
import { InstanceIndex } from '../table/instance-index.js';
import { requireInstance } from './require-instance.js';
import { FAULT, FAULTS } from './schemas.js';

/** Injection token: whether faults may be injected. */
export const ALLOWS_FAULTS = Symbol('AllowsFaults');

/** The endpoints that inject faults for a drill. */
@Controller('discovery')
export class FaultsController {
  constructor(
    private readonly faults: InjectedFaults,
    private readonly index: InstanceIndex,
    @Inject(ALLOWS_FAULTS) private readonly isAllowed: boolean,
  ) {}

  @DescribeOperation({ summary: 'List the faults that this gateway injects', body: FAULTS })
  @Get('faults')
  list(): readonly FaultView[] {
    return this.faults.active;
  }

  @DescribeOperation(
    behindRegistryToken({
      summary: 'Inject a fault between this gateway and an instance for a time, in place of any earlier one',
      example: { kind: 'slow', forSeconds: 5, delayMs: 100 } satisfies FaultDto,
      body: FAULT,
      problems: [faultsNotAllowed, unknownInstance],
    }),
  )
  @Put('services/:id/fault')
  @Audited('inject-fault')
  @UseGuards(RegistryWriteGuard)
  async begin(@Param('id') id: string, @Body() fault: FaultDto): Promise<FaultView> {
    if (!this.isAllowed)
      throw faultsNotAllowed('this gateway injects no faults; FAULT_INJECTION=allowed permits it');
    return this.faults.begin(requireInstance(id, this.index.find(id)), fault);
  }

  @DescribeOperation(
    behindRegistryToken({ summary: 'End the injected fault of an instance, if it has one', status: 204 }),
  )
  @Delete('services/:id/fault')
  @Audited('end-fault')
  @UseGuards(RegistryWriteGuard)
  @HttpCode(204)
  end(@Param('id') id: string): void {
    this.faults.end(id);
  }
}
