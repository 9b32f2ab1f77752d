import { Body, Controller, Get, Module, Param, Patch, Post, Query } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { IsText, MayBeAbsent, MayBeRemoved } from '#contracts';
import { bootForTest, call, type TestApp } from '#testing';
import { defineService, type ServiceDefinition } from '../service/define-service.js';
import { PageQueryDto } from '../lists/page.js';
import { DescribeOperation, pageOf, resource } from './describe-operation.js';

class NoteDto {
  @IsText({ max: 20 })
  text!: string;

  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(5)
  stars?: number;

  @MayBeRemoved()
  @IsText({ max: 9 })
  remark?: string | null;
}

const NOTE = resource('Note', NoteDto);

@Controller('notes')
class NotesController {
  @DescribeOperation({ summary: 'List notes', body: pageOf(NOTE), query: PageQueryDto })
  @Get()
  list(@Query() page: PageQueryDto): object {
    return page;
  }

  @DescribeOperation({ summary: 'Change a note', body: NOTE, versioned: true, problems: [404] })
  @Patch(':id')
  change(@Param('id') _id: string, @Body() note: NoteDto): object {
    return note;
  }

  @DescribeOperation({
    summary: 'Add a note',
    status: 201,
    also: { 202: 'added later' },
    body: NOTE,
    headers: { 'Idempotency-Key': 'added once' },
  })
  @Post()
  add(@Body() note: NoteDto): object {
    return note;
  }

  @Get('unspoken-of')
  secret(): object {
    return {};
  }
}

@Module({ controllers: [NotesController] })
class NotesModule {}

const NOTES: ServiceDefinition = {
  name: 'note-service',
  version: '1.2.3',
  portVariable: 'NOTE_SERVICE_PORT',
  defaultPort: 0,
  migrations: {},
  module: () => ({ module: NotesModule }),
};
const noteService = defineService(NOTES);

describe('/docs-json', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await bootForTest(noteService);
  });
  afterAll(() => app.close());
  const documentOf = async () => (await call(app.url, 'GET /docs-json')).body as OpenAPIObject;

  it('describes the service and its declared operations, and nothing else', async () => {
    const document = await documentOf();
    expect(document).toMatchObject({ openapi: '3.0.3', info: { title: 'note-service', version: '1.2.3' } });
    expect(Object.keys(document.paths).sort()).toEqual([
      '/health',
      '/health/live',
      '/health/ready',
      '/metrics',
      '/notes',
      '/notes/{id}',
    ]);
  });

  it('derives body schemas from the validation of the DTOs', async () => {
    const { components } = await documentOf();
    expect(components?.schemas?.NoteDto).toEqual({
      type: 'object',
      required: ['text'],
      properties: {
        text: { type: 'string', minLength: 1, maxLength: 20 },
        stars: { type: 'integer', minimum: 1, maximum: 5 },
        remark: { type: 'string', minLength: 1, maxLength: 9, nullable: true },
      },
    });
    expect(Object.keys(components?.schemas ?? {})).toEqual([
      'Health',
      'Note',
      'NoteDto',
      'NotePage',
      'Problem',
    ]);
  });

  it('derives the query parameters from the DTO, including defaults', async () => {
    const { parameters, responses } = (await documentOf()).paths['/notes']!.get!;
    expect(parameters).toEqual([
      {
        name: 'limit',
        in: 'query',
        required: false,
        schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
      },
      {
        name: 'cursor',
        in: 'query',
        required: false,
        schema: { type: 'string', minLength: 1, maxLength: 2048 },
      },
    ]);
    expect(responses).toMatchObject({
      200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/NotePage' } } } },
    });
  });

  it('lists version headers, media types and problems of a change', async () => {
    const change = (await documentOf()).paths['/notes/{id}']!.patch!;
    expect(change.summary).toBe('Change a note');
    expect(change.parameters?.map((parameter) => 'name' in parameter && parameter.name)).toEqual([
      'id',
      'If-Match',
    ]);
    expect(Object.keys((change.requestBody as { content: object }).content)).toEqual([
      'application/json',
      'application/merge-patch+json',
    ]);
    expect(Object.keys(change.responses)).toEqual(['200', '400', '404', '412', '413', '415', '503']);
    expect(change.responses).toMatchObject({
      404: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    });
  });

  it('lists request headers and every success status', async () => {
    const { parameters, responses } = (await documentOf()).paths['/notes']!.post!;
    expect(parameters).toMatchObject([{ name: 'Idempotency-Key', in: 'header', description: 'added once' }]);
    const content = { 'application/json': { schema: { $ref: '#/components/schemas/Note' } } };
    expect(responses).toMatchObject({ 201: { content }, 202: { description: 'added later', content } });
  });

  describe('examples of ids', () => {
    const exampleWith = async (examples?: ServiceDefinition['examples'], env = {}) => {
      const other = await bootForTest(defineService({ ...NOTES, ...(examples && { examples }) }), env);
      const document = (await call(other.url, 'GET /docs-json')).body as OpenAPIObject;
      await other.close();
      return (document.paths['/notes/{id}']!.patch!.parameters![0] as { example: string }).example;
    };
    const stored = () => Promise.resolve({ 'an id from GET /notes': 'n-1' });

    it('are those of stored items, except in production', async () => {
      expect(await exampleWith(stored)).toBe('n-1');
      expect(await exampleWith(stored, { ENVIRONMENT: 'production' })).toBe('an id from GET /notes');
    });

    it('say where to find an id if there is none', async () => {
      expect(await exampleWith()).toBe('an id from GET /notes');
      expect(await exampleWith(() => Promise.resolve({}))).toBe('an id from GET /notes');
      expect(await exampleWith(() => Promise.reject(new Error('no store')))).toBe('an id from GET /notes');
      expect(await exampleWith(() => new Promise(() => undefined))).toBe('an id from GET /notes');
    });
  });

  it('is shown by pages that need no other host', async () => {
    const page = await call(app.url, 'GET /docs');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self';.*frame-ancestors 'none'/);
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    const assets = [...(page.body as string).matchAll(/(?:src|href)="\.([^"]+)"/g)].map(([, path]) => path!);
    expect(assets).toHaveLength(4);
    for (const path of assets) expect(await call(app.url, `GET ${path}`)).toMatchObject({ status: 200 });
    expect(page.body).not.toContain('http');
    for (const path of ['/docs/package.json', '/docs/..%2Fpackage.json', '/docs/constructor'])
      expect(await call(app.url, `GET ${path}`)).toMatchObject({ status: 404 });
  });
});
