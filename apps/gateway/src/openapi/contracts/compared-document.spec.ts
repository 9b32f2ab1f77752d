import type { OpenApiDocument } from '../openapi.js';
import { withoutTexts } from './compared-document.js';

describe('withoutTexts', () => {
  it('drops texts and examples, and keeps members that have such names', async () => {
    const schema = {
      type: 'object',
      description: 'a user',
      example: { name: 'Kim' },
      properties: { example: { type: 'string', description: 'a text' }, summary: { type: 'string' } },
    };
    const document: OpenApiDocument = {
      openapi: '3.0.0',
      info: { title: 'users', version: '1' },
      paths: { '/users': { get: { summary: 'List', responses: { 200: { description: 'all' } } } } },
      components: { schemas: { example: schema } },
    };
    expect(await withoutTexts(document)).toEqual({
      openapi: '3.0.0',
      info: { title: 'users' },
      paths: { '/users': { get: { responses: { 200: {} } } } },
      components: {
        schemas: {
          example: {
            type: 'object',
            properties: { example: { type: 'string' }, summary: { type: 'string' } },
          },
        },
      },
    });
  });

  it('refuses a document that is nested too deeply', async () => {
    const nested = `${'{"items":'.repeat(20_000)}{}${'}'.repeat(20_000)}`;
    const paths = { '/users': JSON.parse(nested) as OpenApiDocument['paths'][string] };
    const document: OpenApiDocument = { openapi: '3.0.0', info: { title: 'users', version: '1' }, paths };
    await expect(withoutTexts(document)).rejects.toThrow('nested too deeply');
  });
});
