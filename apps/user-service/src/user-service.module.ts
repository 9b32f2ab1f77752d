import { Module, type DynamicModule } from '@nestjs/common';
import { UsersModule } from './users/index.js';

/** Root module of the user service. */
@Module({})
export class UserServiceModule {
  static of(): DynamicModule {
    return { module: UserServiceModule, imports: [UsersModule] };
  }
}
