import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import {
  DescribeOperation,
  invalidCursorKind,
  pageOf,
  PathText,
  Preconditions,
  RequestPreconditions,
  resource,
  type Page,
  type Versioned,
} from '#service-kit';
import { UserDto, UserPatchDto, UserReplacementDto, type User } from '#shop-contracts';
import { UserListQueryDto } from './user-list.query.js';
import { emailTakenKind } from './users.problems.js';
import { UsersService } from './users.service.js';

const ADA: UserDto = { email: 'ada.lovelace@example.com', name: 'Ada Lovelace' };
const ADA_KING: UserReplacementDto = { email: 'ada.king@example.com', name: 'Ada King' };
const USER = resource('User', UserDto, ADA);

/** `/users` */
@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @DescribeOperation({
    summary: 'List users',
    body: pageOf(USER),
    query: UserListQueryDto,
    problems: [invalidCursorKind],
  })
  @Get()
  list(@Query() query: UserListQueryDto): Promise<Page<User>> {
    return this.users.list(query);
  }

  @DescribeOperation({
    summary: 'Create a user',
    status: 201,
    example: ADA,
    body: USER,
    versioned: true,
    problems: [emailTakenKind],
  })
  @Post()
  async create(
    @Body() user: UserDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Versioned<User>> {
    const created = await this.users.create(user);
    void reply.header('location', `/users/${created.body.id}`);
    return created;
  }

  @DescribeOperation({ summary: 'Get a user', body: USER, versioned: true, problems: [404] })
  @Get(':id')
  get(@Param('id', PathText) id: string): Promise<Versioned<User>> {
    return this.users.get(id);
  }

  @DescribeOperation({
    summary: 'Replace a user; read-only members may be sent with their current values',
    example: ADA_KING,
    body: USER,
    versioned: true,
    problems: [404, emailTakenKind],
  })
  @Put(':id')
  replace(
    @Param('id', PathText) id: string,
    @Body() user: UserReplacementDto,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Versioned<User>> {
    return this.users.change(id, user, preconditions);
  }

  @DescribeOperation({
    summary: 'Update a user',
    example: { name: 'Ada Byron' } satisfies UserPatchDto,
    body: USER,
    versioned: true,
    problems: [404, emailTakenKind],
  })
  @Patch(':id')
  change(
    @Param('id', PathText) id: string,
    @Body() changes: UserPatchDto,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Versioned<User>> {
    return this.users.change(id, changes, preconditions);
  }

  @DescribeOperation({ summary: 'Delete a user', status: 204, versioned: true, problems: [404] })
  @Delete(':id')
  @HttpCode(204)
  async remove(
    @Param('id', PathText) id: string,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<void> {
    await this.users.remove(id, preconditions);
  }
}
