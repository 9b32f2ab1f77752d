import { Module } from '@nestjs/common';
import { LiveServiceTable } from './service-table.js';

/** Who holds instances: the registry's API, leases and the service table. */
@Module({ providers: [LiveServiceTable], exports: [LiveServiceTable] })
export class DiscoveryModule {}
