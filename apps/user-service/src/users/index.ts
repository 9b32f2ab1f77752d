export { UsersModule } from './users.module.js';
export { migrations } from './user.table.js';
