import { content, linesOf, object, receiving, responding } from './testing/compared.js';

const text = { type: 'string' };
const user = object({ name: text });
const json = content(user);
const xml = content(user, 'application/xml');
const form = content(user, 'multipart/form-data');
const both = { content: { ...(json.content as object), ...(xml.content as object) } } as typeof json;

describe('media types', () => {
  it('are no longer those of a response', async () => {
    const gone = ['type-changed: response 200: responses are no longer application/json'];
    expect(await linesOf(responding({ 200: json }), responding({ 200: xml }))).toEqual(gone);
    expect(await linesOf(responding({ 200: both }), responding({ 200: xml }))).toEqual(gone);
    expect(await linesOf(responding({ 200: json }), responding({ 200: {} }))).toEqual(gone);
    expect(await linesOf(responding({ 200: json }), responding({ 200: both }))).toEqual([]);
  });

  it('are no longer accepted in a request', async () => {
    expect(await linesOf(receiving(json), receiving(form))).toEqual([
      'type-changed: request: no longer accepts application/json',
    ]);
    expect(await linesOf(receiving(form), receiving(json))).toEqual([
      'type-changed: request: no longer accepts multipart/form-data',
    ]);
    expect(await linesOf(receiving(json), receiving(both))).toEqual([]);
    expect(await linesOf(receiving(json), receiving({}))).toEqual([]);
  });

  it('match ranges, and whatever their parameters', async () => {
    const anything = content(user, '*/*');
    const ofText = content(user, 'Application/JSON; charset=utf-8');
    expect(await linesOf(responding({ 200: ofText }), responding({ 200: json }))).toEqual([]);
    expect(await linesOf(responding({ 200: anything }), responding({ 200: json }))).toEqual([]);
    expect(await linesOf(receiving(json), receiving(content(user, 'application/*')))).toEqual([]);
    expect(await linesOf(responding({ 200: anything }), responding({ 200: content(text) }))).toEqual([
      'type-changed: response 200 (*/*): object became string',
    ]);
  });

  it('have schemas, JSON or not', async () => {
    const needed = content(object({ name: text }, { required: ['name'] }), 'multipart/form-data');
    expect(await linesOf(receiving(form), receiving(needed))).toEqual([
      'input-required: request (multipart/form-data)/name: requests must have this member',
    ]);
    expect(await linesOf(responding({ 200: json }), responding({ 200: content(undefined) }))).toEqual([
      'response-member-removed: response 200: the schema is no longer documented',
    ]);
    expect(await linesOf(responding({ 200: content({}) }), responding({ 200: content(undefined) }))).toEqual(
      [],
    );
  });
});
