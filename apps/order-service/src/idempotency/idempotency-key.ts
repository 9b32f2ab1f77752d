import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { OrderDto } from '#shop-contracts';
import { invalidKey } from './idempotency.problems.js';

const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';

// node:http joins repeated headers with ", "; the space makes the pattern reject them.
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The Idempotency-Key of a request, `undefined` without the header. The value is used as sent: the draft
 * (draft-ietf-httpapi-idempotency-key-header) puts it in quotes, many clients do not.
 * @throws Problem `idempotency-key-invalid`
 */
export function parseIdempotencyKey(sent: string | string[] | undefined): string | undefined {
  if (sent === undefined) return undefined;
  if (typeof sent !== 'string' || !KEY.test(sent)) throw invalidKey();
  return sent;
}

/** Injects the request's Idempotency-Key. */
export const IdempotencyKey = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  parseIdempotencyKey(context.switchToHttp().getRequest<FastifyRequest>().headers[IDEMPOTENCY_KEY_HEADER]),
);

/** Hash of a body; equal for bodies that mean the same order, whatever their whitespace and member order. */
export function fingerprintOf({ userId, items }: OrderDto): string {
  const content = [userId, items.map(({ productId, quantity }) => [productId, quantity])];
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}
