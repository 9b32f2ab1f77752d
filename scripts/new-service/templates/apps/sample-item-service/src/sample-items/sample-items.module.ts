import { Module } from '@nestjs/common';
import { SampleItemsController } from './sample-items.controller.js';
import { SampleItemsRepository } from './sample-items.repository.js';
import { SampleItemsService } from './sample-items.service.js';

/** Sample items: controller, service and repository. */
@Module({ controllers: [SampleItemsController], providers: [SampleItemsService, SampleItemsRepository] })
export class SampleItemsModule {}
