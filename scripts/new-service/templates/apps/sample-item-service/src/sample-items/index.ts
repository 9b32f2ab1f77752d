export { SampleItemsModule } from './sample-items.module.js';
export { migrations } from './sample-item.table.js';
