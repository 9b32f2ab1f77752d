import { defineService, idFrom } from '#service-kit';
import { migrations, UserListQueryDto, UsersModule, UsersService } from './users/index.js';

/** The user service; booted alone by `main.ts`, or next to the other apps by the monolith. */
export const userService = defineService({
  name: 'user-service',
  version: '1.0.0',
  portVariable: 'USER_SERVICE_PORT',
  defaultPort: 8001,
  migrations,
  hasEvents: true,
  examples: async (nest) => {
    const latest = Object.assign(new UserListQueryDto(), { limit: 1, sort: '-createdAt' });
    const { items } = await nest.get(UsersService, { strict: false }).list(latest);
    return { [idFrom('/users')]: items[0]?.id };
  },
  module: () => ({ module: UsersModule }),
});
