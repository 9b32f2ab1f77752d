import { Body, Controller, Get, Module, Post, Query, type DynamicModule } from '@nestjs/common';
import { PageQueryDto, UserDto } from '#contracts';
import type { AppContext, ServiceConfig } from '#service-kit';

@Controller('users')
class C {
  @Get() list(@Query() q: PageQueryDto) {
    return q;
  }
  @Post() create(@Body() b: UserDto) {
    return b;
  }
}

/** Root of the user service. */
@Module({})
export class UserServiceModule {
  static of(_config: ServiceConfig, _context: AppContext): DynamicModule {
    return { module: UserServiceModule, controllers: [C] };
  }
}
