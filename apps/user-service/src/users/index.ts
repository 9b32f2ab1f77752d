export { UsersModule } from './users.module.js';
export { insertUsers } from './insert-users.js';
export { migrations } from './user.table.js';
