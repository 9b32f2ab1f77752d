import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PageQueryDto, UserDto, UserPatchDto, type Page, type User } from '#contracts';
import { PathText, Preconditions, RequestPreconditions, type Versioned } from '#service-kit';
import { UsersService } from './users.service.js';

/** `/users` */
@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  list(@Query() page: PageQueryDto): Promise<Page<User>> {
    return this.users.list(page);
  }

  @Post()
  async create(
    @Body() user: UserDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Versioned<User>> {
    const created = await this.users.create(user);
    void reply.header('location', `/users/${created.body.id}`);
    return created;
  }

  @Get(':id')
  get(@Param('id', PathText) id: string): Promise<Versioned<User>> {
    return this.users.get(id);
  }

  @Put(':id')
  replace(
    @Param('id', PathText) id: string,
    @Body() user: UserDto,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Versioned<User>> {
    return this.users.change(id, user, preconditions);
  }

  @Patch(':id')
  change(
    @Param('id', PathText) id: string,
    @Body() changes: UserPatchDto,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Versioned<User>> {
    return this.users.change(id, changes, preconditions);
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(
    @Param('id', PathText) id: string,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<void> {
    await this.users.remove(id, preconditions);
  }
}
