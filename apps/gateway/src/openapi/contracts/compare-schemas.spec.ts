import { content, inRequest, inResponse, linesOf, object, responding } from './testing/compared.js';

const text = { type: 'string' };
const integer = { type: 'integer' };
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const noLonger = 'responses no longer have this member';

describe('schemas of responses', () => {
  const schemas = { Owner: object({ name: text }) };
  const nullableParts = object({ owner: { nullable: true, allOf: [ref('Owner')] } });

  it('may now be null: by nullable and allOf, by nullable beside a reference, by anyOf', async () => {
    const became = ['type-changed: response 200/owner: object became null or object'];
    const before = object({ owner: ref('Owner') });
    expect(await inResponse(before, nullableParts, schemas)).toEqual(became);
    expect(await inResponse(before, object({ owner: { ...ref('Owner'), nullable: true } }), schemas)).toEqual(
      became,
    );
    const either = object({ owner: { anyOf: [ref('Owner'), { type: 'null' }] } });
    expect(await inResponse(before, either, schemas)).toEqual(became);
  });

  it('are the same if OpenAPI 3.0 and 3.1 say in their ways that they can be null', async () => {
    const either = object({ owner: { anyOf: [ref('Owner'), { type: 'null' }] } });
    expect(await inResponse(nullableParts, either, schemas)).toEqual([]);
    const other = object({ owner: { oneOf: [{ type: 'null' }, object({ title: text })] } });
    expect(await inResponse(nullableParts, other, schemas)).toEqual([
      `response-member-removed: response 200/owner/name: ${noLonger}`,
    ]);
  });

  it('have lost all members', async () => {
    const removed = [`response-member-removed: response 200/name: ${noLonger}`];
    expect(await inResponse(object({ name: text }), object({}))).toEqual(removed);
    expect(await inResponse(object({ name: text }), { type: 'object' })).toEqual(removed);
    const [list, emptyList] = [{ type: 'array', items: object({ name: text }) }, { type: 'array' }];
    expect(await inResponse(list, emptyList)).toEqual([
      `response-member-removed: response 200/[]/name: ${noLonger}`,
    ]);
  });

  it('say nothing of members that alternatives and other documents may have', async () => {
    const before = object({ name: text });
    expect(await inResponse(before, { oneOf: [object({ a: text }), object({ b: text })] })).toEqual([]);
    expect(await inResponse(before, { $ref: 'other.json#/User' })).toEqual([]);
  });

  it('never have members that only requests have', async () => {
    const secret = { ...text, writeOnly: true };
    const before = object({ name: text, password: secret }, { required: ['password'] });
    expect(await inResponse(before, object({ name: text }))).toEqual([]);
    expect(
      await inResponse(object({ name: text, password: text }), object({ name: text, password: secret })),
    ).toEqual([`response-member-removed: response 200/password: ${noLonger}`]);
  });

  it('have other values in a map', async () => {
    const map = (additionalProperties: typeof text) => ({ type: 'object', additionalProperties });
    expect(await inResponse(map(text), map(integer))).toEqual([
      'type-changed: response 200/*: string became integer',
    ]);
  });

  it('are found by percent-encoded references', async () => {
    const of = (value: typeof text) =>
      responding({ 200: content(ref('My%20Type%7E1s')) }, { 'My Type/s': object({ value }) });
    expect(await linesOf(of(text), of(integer))).toEqual([
      'type-changed: response 200/value: string became integer',
    ]);
    expect(await inResponse(ref('100%'), ref('100%'))).toEqual([]);
  });

  it('report a change once, at its first place in a recursive schema', async () => {
    const of = (value: typeof text) =>
      responding(
        { 200: content(ref('Node')) },
        { Node: object({ left: ref('Node'), right: { type: 'array', items: ref('Node') }, value }) },
      );
    expect(await linesOf(of(text), of(integer))).toEqual([
      'type-changed: response 200/value: string became integer',
    ]);
  });

  it('report a change of a shared schema for each operation', async () => {
    const of = (value: typeof text) => {
      const get = { responses: { 200: content(ref('User')) } };
      return {
        paths: { '/a': { get }, '/b': { get } },
        components: { schemas: { User: object({ value }) } },
      };
    };
    expect(await linesOf(of(text), of(integer))).toHaveLength(2);
  });
});

describe('schemas of requests', () => {
  it('accept a list of values only', async () => {
    expect(await inRequest(object({ size: text }), object({ size: { ...text, enum: ['s', 'm'] } }))).toEqual([
      'type-changed: request/size: accepts only "s", "m"',
    ]);
    const alternatives = {
      oneOf: [
        { ...text, enum: ['s'] },
        { ...text, enum: ['m'] },
      ],
    };
    expect(await inRequest(alternatives, { ...text, enum: ['s', 'm'] })).toEqual([]);
  });

  it('accept one value of a list', async () => {
    const sizes = { ...text, enum: ['s', 'm', null], nullable: true };
    expect(await inRequest(object({ size: sizes }), object({ size: { const: 's' } }))).toEqual([
      'type-changed: request/size: no longer accepts "m"',
    ]);
    expect(await inRequest({ const: 's' }, { enum: ['s', 'm'] })).toEqual([]);
  });

  it('never need members that only responses have', async () => {
    const id = { ...text, readOnly: true };
    const needed = { required: ['id'] };
    expect(await inRequest(object({ id }), object({ id }, needed))).toEqual([]);
    const schemas = { Id: id };
    expect(await inRequest(object({ id: ref('Id') }), object({ id: ref('Id') }, needed), schemas)).toEqual(
      [],
    );
    expect(await inRequest(object({ id }, needed), object({ id: text }, needed))).toEqual([
      'input-required: request/id: requests must have this member',
    ]);
    expect(await inRequest(object({ id }), object({ id: { ...integer, readOnly: true } }))).toEqual([]);
  });

  it('may no longer be null', async () => {
    const nullable = object({ owner: { anyOf: [object({ name: text }), { type: 'null' }] } });
    expect(await inRequest(nullable, object({ owner: object({ name: text }) }))).toEqual([
      'type-changed: request/owner: null or object became object',
    ]);
  });
});
