import { defineService } from '#service-kit';
import { migrations, UsersModule } from './users/index.js';

/** The user service; booted alone by `main.ts`, or next to the other apps by the monolith. */
export const userService = defineService({
  name: 'user-service',
  version: '1.0.0',
  portVariable: 'USER_SERVICE_PORT',
  defaultPort: 8001,
  migrations,
  hasEvents: true,
  module: () => ({ module: UsersModule }),
});
