import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { CALLER_HEADERS, CONSUMER_HEADER, SCOPES_HEADER, USER_ID_HEADER } from '#contracts';

/**
 * The identity of the caller of a request, as the gateway states it. The gateway removes the fields from requests of
 * clients; a program that reaches the port of the service itself can set them (docs/guide/identity.md).
 */
export class Caller {
  private constructor(
    /** `undefined` for a program. */
    readonly userId: string | undefined,
    /** Name of the program with an API key. */
    readonly consumer: string | undefined,
    readonly scopes: ReadonlySet<string>,
  ) {}

  /** @returns `undefined` for a request without identity */
  static from(headers: IncomingHttpHeaders): Caller | undefined {
    const [userId, consumer, scopes] = [USER_ID_HEADER, CONSUMER_HEADER, SCOPES_HEADER].map((name) =>
      textOf(headers[name]),
    );
    if (userId === undefined && consumer === undefined && scopes === undefined) return undefined;
    return new Caller(nameIn(userId), nameIn(consumer), scopesIn(scopes ?? ''));
  }
}

/** Fields have bytes; the gateway sends UTF-8. */
const textOf = (value: string | string[] | undefined): string | undefined =>
  value === undefined ? undefined : Buffer.from(String(value), 'latin1').toString('utf8');

/** An empty field states that there is an identity, and names none. */
const nameIn = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

const scopesIn = (text: string): ReadonlySet<string> =>
  new Set(text.split(' ').filter((scope) => scope !== ''));

/** The response is for this caller alone: a shared cache must not send it to another. */
function limitCaching(reply: FastifyReply, caller: Caller | undefined): void {
  void reply.header('vary', CALLER_HEADERS.join(', '));
  if (caller) void reply.header('cache-control', 'private');
}

/**
 * Injects the {@link Caller} of the request, `undefined` without identity. Shared caches keep the response apart from those
 * to other callers: it varies by the fields, and is private to a caller with an identity.
 * @example
 * list(@RequestCaller() caller: Caller | undefined) { … }
 */
export const RequestCaller = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const http = context.switchToHttp();
  const caller = Caller.from(http.getRequest<FastifyRequest>().headers);
  limitCaching(http.getResponse<FastifyReply>(), caller);
  return caller;
});
