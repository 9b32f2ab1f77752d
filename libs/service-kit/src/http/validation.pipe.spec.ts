import { HeartbeatDto, LogLevelDto, RefusalsQueryDto, type Problem } from '#contracts';
import { PageQueryDto } from '../lists/page.js';
import { ValidationPipe } from './validation.pipe.js';

const validated = (metatype: new () => object, type: 'body' | 'query', value: object): unknown =>
  new ValidationPipe().transform(value, { type, metatype });

function detailsOf(metatype: new () => object, type: 'body' | 'query', value: object): unknown {
  try {
    return validated(metatype, type, value);
  } catch (error) {
    return (error as Problem).errors?.map(({ detail }) => detail);
  }
}

describe('a whole number in a request', () => {
  it.each(['abc', '', '0', '201', '1.5', '-1', '+5', '1e2', '0x10', ' 5', '5n', '99999999999999999999'])(
    'is named with its bounds when a query has %j',
    (limit) => {
      const detail = 'limit must be a whole number from 1 to 200';
      expect(detailsOf(PageQueryDto, 'query', { limit })).toEqual([detail]);
      expect(detailsOf(RefusalsQueryDto, 'query', { limit: limit === '201' ? '1001' : limit })).toEqual([
        detail.replace('200', '1000'),
      ]);
    },
  );

  it('is named with its bounds when a query has two', () => {
    expect(detailsOf(PageQueryDto, 'query', { limit: ['5', '6'] })).toEqual([
      'limit must be a whole number from 1 to 200',
    ]);
  });

  it.each(['5', 0, 86_401, 1.5, null, [5], Infinity])(
    'is named with its bounds when a body has %j',
    (value) => {
      expect(detailsOf(LogLevelDto, 'body', { level: 'DEBUG', forSeconds: value })).toEqual([
        'forSeconds must be a whole number from 1 to 86400',
      ]);
    },
  );

  it.each(['1', '200', '007'])('is read from the digits %s', (limit) => {
    expect(validated(PageQueryDto, 'query', { limit })).toMatchObject({ limit: Number(limit) });
  });
});

it('names the type of a member before its bounds', () => {
  expect(detailsOf(HeartbeatDto, 'body', { calls: 'x' })).toContain('calls must be an array');
  expect(detailsOf(HeartbeatDto, 'body', { loopLagMs: 'x' })).toEqual([
    'loopLagMs must be a number conforming to the specified constraints',
  ]);
});

it.each(['debug', 'Debug', 'DEBUG'])('accepts the log level %s', (level) => {
  expect(validated(LogLevelDto, 'body', { level })).toMatchObject({ level: 'DEBUG' });
});
