import { SlowReader } from '#testing';
import { SseResponse } from './sse-response.js';

const MAX_MISSED = 3;

/** A response that has begun. */
function responseOf() {
  const reader = new SlowReader();
  const drained = jest.fn();
  const response = new SseResponse(reader.response, MAX_MISSED, drained);
  response.begin({});
  return { reader, response, drained };
}

/** A response whose reader does not read. */
function blockedResponse() {
  const blocked = responseOf();
  blocked.reader.isReading = false;
  blocked.response.write('data: 1\n\n');
  return blocked;
}

describe('SseResponse', () => {
  it('is open from its head to its end, and writes nothing outside', () => {
    const reader = new SlowReader();
    const response = new SseResponse(reader.response, MAX_MISSED);
    response.write('data: early\n\n');
    response.end();
    expect([response.isOpen, reader.isEnded]).toEqual([false, false]);
    response.begin({});
    response.write('data: 1\n\n');
    expect([response.isOpen, response.isWritable]).toEqual([true, true]);
    response.end();
    response.write('data: late\n\n');
    expect([response.isOpen, reader.isEnded, reader.blocks]).toEqual([false, true, ['data: 1']]);
  });

  it('is no longer open when the connection closes', () => {
    const { reader, response } = responseOf();
    reader.emit('close');
    expect([response.isOpen, response.isWritable]).toEqual([false, false]);
  });

  it('is blocked until its reader reads again', () => {
    const { reader, response, drained } = blockedResponse();
    expect([response.isBlocked, response.isWritable]).toEqual([true, false]);
    expect(drained).not.toHaveBeenCalled();
    reader.readAll();
    expect([response.isBlocked, response.isWritable]).toEqual([false, true]);
    expect(drained).toHaveBeenCalledTimes(1);
  });

  it('disconnects a reader that misses too many writes in a row', () => {
    const { reader, response } = blockedResponse();
    response.miss();
    response.miss();
    reader.readAll();
    response.miss();
    response.miss();
    expect(reader.isDestroyed).toBe(false);
    response.miss();
    expect(reader.isDestroyed).toBe(true);
  });

  it('ends with the rest of its data, or at once if its reader is blocked', () => {
    const [reading, blocked] = [responseOf(), blockedResponse()];
    reading.response.end();
    blocked.response.end();
    expect([reading.reader.isEnded, reading.reader.isDestroyed]).toEqual([true, false]);
    expect([blocked.reader.isEnded, blocked.reader.isDestroyed]).toEqual([false, true]);
  });
});
