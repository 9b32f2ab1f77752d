export { gateway } from './gateway.app.js';
