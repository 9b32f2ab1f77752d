import type { Problem } from '#contracts';
import { parseRequestHead } from '../../http1/head/parse-request-head.js';
import type { BodyReceiver } from '../exchange/client-side.js';
import { IncomingBody } from './incoming-body.js';

/** Records each call as one line. */
class RecordingReceiver implements BodyReceiver {
  readonly notes: string[] = [];

  receiveFirst(bytes: Buffer | undefined, isWhole: boolean, tail: string): void {
    this.notes.push(
      `first ${bytes?.toString() ?? '-'}${isWhole ? ', whole' : ''}${tail && `, then ${tail}`}`,
    );
  }
  sendBody(bytes: Buffer): void {
    this.notes.push(`more ${bytes.toString()}`);
  }
  endBody(tail: string): void {
    this.notes.push(`end ${tail}`);
  }
}

const headOf = (fields: string) => parseRequestHead(`POST / HTTP/1.1\r\nHost: gw\r\n${fields}\r\n\r\n`);
const TEN = headOf('Content-Length: 10');
const CHUNKS = headOf('Transfer-Encoding: chunked');

describe('IncomingBody', () => {
  let body: IncomingBody;
  let receiver: RecordingReceiver;
  beforeEach(() => {
    body = new IncomingBody();
    receiver = new RecordingReceiver();
  });
  const begin = (head: typeof TEN, text: string): number | Problem =>
    body.begin(head, Buffer.from(text), receiver);
  const read = (text: string): number | Problem => body.read(Buffer.from(text), receiver);

  it('is done with the head of a request without a body', () => {
    expect(begin(headOf('Content-Length: 0'), '')).toBe(0);
    expect(begin(headOf('X: y'), 'GET /')).toBe(0);
    expect([body.isDone, receiver.notes]).toEqual([true, ['first -, whole']]);
  });

  it('finds the end of a body of known length, in the bytes after the head and in later ones', () => {
    expect(begin(TEN, '0123456789GET')).toBe(10);
    expect(begin(TEN, '012')).toBe(3);
    expect(read('3456')).toBe(4);
    expect(body.isDone).toBe(false);
    expect(read('789GET')).toBe(3);
    expect(body.isDone).toBe(true);
    expect(receiver.notes).toEqual(['first 0123456789, whole', 'first 012', 'more 3456', 'more 789', 'end ']);
  });

  it('announces a body of which nothing has arrived', () => {
    expect(begin(TEN, '')).toBe(0);
    expect(receiver.notes).toEqual(['first -']);
  });

  it('passes chunks unchanged and holds back the trailer section until it is checked', () => {
    expect(begin(CHUNKS, '3\r\nabc\r\n')).toBe(8);
    expect(read('0\r\nX: y\r\n\r\nGET')).toBe(11);
    expect(receiver.notes.slice(0, 1)).toEqual(['first 3\r\nabc\r\n']);
    expect(receiver.notes.slice(1).join('|').replace('more ', '').replace('|end ', '')).toBe(
      '0\r\nX: y\r\n\r\n',
    );
  });

  it.each(['x\r\n', '3\r\nabcd'])('rejects the framing %j and passes nothing on', (text) => {
    const problem = begin(CHUNKS, text) as Problem;
    expect([problem.status, problem.headers.connection, receiver.notes]).toEqual([400, 'close', []]);
  });

  it('waits for 100 Continue only until the client starts to send', () => {
    const request = headOf('Expect: 100-continue\r\nContent-Length: 10');
    begin(request, '');
    expect(body.waitsForContinue).toBe(true);
    begin(request, '0');
    expect(body.waitsForContinue).toBe(false);
  });

  it('discards the body without a receiver', () => {
    begin(TEN, '');
    expect(body.read(Buffer.from('0123456789'), undefined)).toBe(10);
    expect([body.isDone, receiver.notes]).toEqual([true, ['first -']]);
  });
});
