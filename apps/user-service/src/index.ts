export { userService } from './user-service.app.js';
