import { setImmediate as turn } from 'node:timers/promises';
import type { JsonObject, OpenApiDocument } from '../openapi.js';
import { breakingChanges } from './compare-documents.js';
import { content, documentOf, object, responding } from './testing/compared.js';

const text = { type: 'string' };
const base = { $ref: '#/components/schemas/Base' };
const LONG = `#${'/a'.repeat(500_000)}`;
const count = (length: number, schemaOf: (i: number) => JsonObject): JsonObject =>
  Object.fromEntries(Array.from({ length }, (_, i) => [`m${i}`, schemaOf(i)]));

/** A document with a response of `length` members, each a schema around a base of `size` members. */
const around = (wrapper: () => JsonObject, length: number, size: number): OpenApiDocument =>
  documentOf(
    responding({ 200: content(object(count(length, wrapper))) }, { Base: object(count(size, () => text)) }),
  );

/** Paths that refer to one path item with all methods. */
const manyPaths = (length: number) => {
  const operation = { responses: { 200: content(object({ name: text })) } };
  const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
  const shared = Object.fromEntries(methods.map((method) => [method, operation]));
  const item = { $ref: '#/components/pathItems/Shared' };
  const paths = Object.fromEntries(Array.from({ length }, (_, i) => [`/${i}`, item]));
  return { paths, components: { pathItems: { Shared: shared } } };
};

/** The result, CPU time in milliseconds, and the CPU time between two turns of the event loop at most. */
async function measured(make: () => OpenApiDocument) {
  const [accepted, next] = [make(), make()];
  let [isDone, longest] = [false, 0];
  const start = process.cpuUsage();
  const comparison = breakingChanges(accepted, next).finally(() => (isDone = true));
  while (!isDone) {
    const before = process.cpuUsage();
    await turn();
    const { user } = process.cpuUsage(before);
    longest = Math.max(longest, user / 1000);
  }
  return { ...(await comparison), cpuMs: process.cpuUsage(start).user / 1000, longest };
}

describe('the comparison of documents that are made to cost much', () => {
  it.each([
    ['large schemas in many others', () => around(() => ({ allOf: [base] }), 2500, 20_000)],
    ['schemas in very many others', () => around(() => ({ allOf: [base] }), 4000, 900)],
    [
      'lists of the same parts',
      () => around(() => ({ allOf: Array(5000).fill(base) as JsonObject[] }), 400, 1),
    ],
    ['alternatives', () => around(() => ({ oneOf: Array(5000).fill(base) as JsonObject[] }), 400, 1)],
    ['long references', () => around(() => ({ allOf: [{ $ref: LONG }] }), 5000, 1)],
    [
      'long lists of values',
      () =>
        documentOf(
          responding(
            { 200: content(object(count(10_000, () => ({ allOf: [base] })))) },
            { Base: { enum: ['a'.repeat(500_000)] } },
          ),
        ),
    ],
    ['an operation on many paths', () => documentOf(manyPaths(30_000))],
  ])('takes a bounded time, and lets the event loop turn: %s', async (_name, make) => {
    const { changes, cpuMs, longest } = await measured(make);
    expect(changes).toEqual([]);
    expect(cpuMs).toBeLessThan(4000);
    expect(longest).toBeLessThan(200);
  });

  it.each([
    ['one schema', 1, 20_000],
    ['all schemas together', 4000, 900],
  ])('says that it is incomplete: %s too large', async (_name, length, size) => {
    const { incomplete } = await measured(() => around(() => ({ allOf: [base] }), length, size));
    expect(incomplete).toBe('the comparison is incomplete: the documents have too many members');
  });

  it('is complete for a large document whose operations share their schemas', async () => {
    const schemas = count(2000, (i) =>
      object({ ...count(8, () => text), next: { $ref: `#/components/schemas/m${(i + 1) % 2000}` } }),
    );
    const operation = (i: number) => ({
      get: { responses: { 200: content({ $ref: `#/components/schemas/m${i}` }) } },
    });
    const paths = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`/${i}`, operation(i)]));
    const { changes, incomplete } = await measured(() => documentOf({ paths, components: { schemas } }));
    expect({ changes, incomplete }).toEqual({ changes: [], incomplete: undefined });
  });
});
