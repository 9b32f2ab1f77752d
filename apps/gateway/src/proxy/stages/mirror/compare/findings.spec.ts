import { gzipSync } from 'node:zlib';
import { CapturedResponse, MAX_COMPARED } from './captured-response.js';
import { Findings } from './findings.js';
import { jsonDifferences } from './json-differences.js';
import { responseDifferences } from './response-differences.js';

function captured(body: Buffer | string, status = 200, lines = ''): CapturedResponse {
  const response = new CapturedResponse();
  response.begin({ status, isOwn: false, lines, contentLength: -1 });
  response.add(Buffer.from(body));
  return response;
}

describe('Differences of JSON values', () => {
  it.each([
    [{ a: 1 }, { a: 1 }, []],
    [{ a: 1 }, { a: '1' }, ['$.a number text']],
    [{ a: 1 }, {}, ['$.a number absent']],
    [{ items: [{ id: 1 }, { id: 2 }] }, { items: [{ id: 3 }, { id: 4 }] }, ['$.items[*].id number number']],
    [[1], [1, 2], ['$.length number number']],
    [{ a: null }, { a: [] }, ['$.a null list']],
    [{ '4711': 1, 'ann@example.com': 1 }, {}, ['$.* number absent']],
    [{ __proto__: null, constructor: 1 }, {}, ['$.constructor number absent']],
  ])('of %j and %j', (present, mirror, expected) => {
    const found = jsonDifferences(present, mirror);
    expect(found.map((each) => `${each.path} ${each.present} ${each.mirror}`)).toEqual(expected);
  });

  it('are bounded in depth', () => {
    const deep = (value: unknown): unknown => Array.from({ length: 5_000 }).reduce((inner) => [inner], value);
    expect(jsonDifferences(deep(1), deep(2))).toHaveLength(1);
  });
});

describe('Differences of responses', () => {
  it('are those of status and body', async () => {
    const [present, other] = [captured('page one'), captured('page two', 500)];
    expect(await responseDifferences(present, other)).toEqual([
      { path: 'status', present: 200, mirror: 500 },
      { path: 'body', present: 'text', mirror: 'text' },
    ]);
  });

  it('ignore the content coding, the order of members and white space', async () => {
    const coded = captured(gzipSync('{"a":1,"b":2}'), 200, 'Content-Encoding: gzip\r\n');
    expect(await responseDifferences(coded, captured('{ "b": 2, "a": 1 }'))).toEqual([]);
  });

  it('are not told of a body that is too large once it is decoded', async () => {
    const bomb = captured(gzipSync(Buffer.alloc(2 * MAX_COMPARED)), 200, 'content-encoding: gzip\r\n');
    await expect(responseDifferences(bomb, captured(''))).rejects.toThrow();
  });
});

describe('Findings', () => {
  const at = (...paths: string[]) =>
    paths.map((path) => ({ path, present: 'text', mirror: 'text' }) as const);

  it('tell differences from noise', () => {
    const findings = new Findings();
    findings.record([], []);
    findings.record(at('$.time'), at('$.time'));
    findings.record(at('$.time', '$.price'), at('$.time'));
    const { compared, equal, noiseOnly, different } = findings;
    expect([compared, equal, noiseOnly, different]).toEqual([3, 1, 1, 1]);
    expect(findings.differences).toEqual([
      { path: '$.time', different: 2, noise: 2, isNoise: true, sample: expect.anything() as unknown },
      { path: '$.price', different: 1, noise: 0, isNoise: false, sample: expect.anything() as unknown },
    ]);
  });

  it('take a path for noise that is not noise in every comparison', () => {
    const findings = new Findings();
    for (let i = 0; i < 10; i += 1) findings.record(at('$.time'), i % 2 === 0 ? at('$.time') : []);
    expect([findings.noiseOnly, findings.different]).toEqual([10, 0]);
  });

  it('keep a bounded number of paths', () => {
    const findings = new Findings();
    for (let i = 0; i < 150; i += 1) findings.record(at(`$.a${i}`), []);
    expect([findings.differences.length, findings.otherDifferences]).toEqual([100, 50]);
  });
});
