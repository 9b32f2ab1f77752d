import { owned, ReadBuffer } from './read-buffer.js';

const MUCH = 16 * 1024;
const HELD = true;

describe('ReadBuffer', () => {
  let buffer: ReadBuffer;
  beforeEach(() => {
    buffer = new ReadBuffer();
  });

  /** Simulates a read: fills the next read target with `count` bytes of `text`. */
  const read = (text: string, count: number, isHeld: boolean): Buffer => {
    buffer.next(isHeld).fill(text, 0, count);
    return buffer.bytes(count);
  };

  it('shares one buffer for small reads; owned() copies the bytes', () => {
    const first = read('a', 10, HELD);
    const retained = owned(first);
    const other = new ReadBuffer();
    other.next(HELD).fill('b', 0, 10);
    expect(first.toString()).toBe('b'.repeat(10));
    expect(retained.toString()).toBe('a'.repeat(10));
  });

  it('reads into a private buffer after a large read; owned() does not copy it', () => {
    read('a', MUCH, !HELD);
    const second = read('b', MUCH, !HELD);
    expect(owned(second)).toBe(second);
    new ReadBuffer().next(!HELD).fill('c');
    expect(second.equals(Buffer.alloc(MUCH, 'b'))).toBe(true);
  });

  it('takes another buffer only if the previous one is held', () => {
    read('a', MUCH, !HELD);
    const [second, third] = [read('b', MUCH, !HELD), read('c', MUCH, !HELD)];
    expect(second.equals(third)).toBe(true);
    const fourth = read('d', MUCH, HELD);
    expect([third[0], fourth[0]]).toEqual([...Buffer.from('cd')]);
  });

  it('returns to the shared buffer after a message has ended', () => {
    read('a', MUCH, !HELD);
    const body = read('b', MUCH, !HELD);
    buffer.endMessage(HELD);
    const head = read('c', 10, !HELD);
    expect(owned(head)).not.toBe(head);
    expect(body.equals(Buffer.alloc(MUCH, 'b'))).toBe(true);
  });

  it('returns the bytes of a read that was pending when rest() was called', () => {
    read('a', MUCH, !HELD);
    const place = buffer.next(!HELD);
    buffer.endMessage(!HELD);
    place.fill('b', 0, 10);
    expect(buffer.bytes(10).toString()).toBe('b'.repeat(10));
  });

  it('gives a buffer that is not held to another connection', () => {
    read('a', MUCH, !HELD);
    const place = buffer.next(!HELD);
    buffer.endMessage(!HELD);
    buffer.next(!HELD);
    const other = new ReadBuffer();
    other.next(!HELD);
    other.bytes(MUCH);
    expect(other.next(!HELD)).toBe(place);
  });
});
