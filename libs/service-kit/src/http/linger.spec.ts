import type { FastifyInstance } from 'fastify';
import { lingerAfterRejections } from './linger.js';

type Hook = (request: object, reply: object, payload: unknown, done: () => void) => void;

describe('lingerAfterRejections', () => {
  it('leaves the response to an injected request alone: there is no connection to close later', () => {
    let onSend!: Hook;
    const addHook = (_name: string, hook: Hook): void => void (onSend = hook);
    lingerAfterRejections({ addHook } as unknown as FastifyInstance);
    const removeHeader = jest.fn();
    const done = jest.fn();
    onSend({ raw: { socket: {} } }, { statusCode: 503, removeHeader }, '', done);
    expect(removeHeader).not.toHaveBeenCalled();
    expect(done).toHaveBeenCalledTimes(1);
  });
});
