export { sampleItemService } from './sample-item-service.app.js';
