import { defineService } from '#service-kit';
import { migrations, SampleItemsModule } from './sample-items/index.js';

/** The sample item service; booted alone by `main.ts`, or next to the other apps by the monolith. */
export const sampleItemService = defineService({
  name: 'sample-item-service',
  version: '1.0.0',
  portVariable: 'SAMPLE_ITEM_SERVICE_PORT',
  defaultPort: 8999,
  migrations,
  module: () => ({ module: SampleItemsModule }),
});
