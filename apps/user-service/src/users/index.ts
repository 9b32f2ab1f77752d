export { UserListQueryDto } from './user-list.query.js';
export { UsersModule } from './users.module.js';
export { UsersService } from './users.service.js';
export { insertUsers } from './insert-users.js';
export { migrations } from './user.table.js';
