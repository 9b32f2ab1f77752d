export { userService } from './user-service.app.js';
export { insertUsers, migrations } from './users/index.js';
