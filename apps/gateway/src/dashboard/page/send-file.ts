import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptedEncoding } from './accepted-encoding.js';
import type { PageFile } from './page-files.js';

/** Responds with a file, or with 304 if the client has it. */
export async function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile): Promise<void> {
  const encoding = acceptedEncoding(request.headers['accept-encoding']);
  // Each encoding is a representation of its own (RFC 9110, section 8.8.3.3).
  const etag = `"${file.etag}-${encoding}"`;
  void reply.headers({ etag, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  const vary = reply.getHeader('vary');
  void reply.header('vary', vary === undefined ? 'accept-encoding' : `${String(vary)}, accept-encoding`);
  if (hasIt(request.headers['if-none-match'], etag)) return void reply.status(304).send();
  if (encoding !== 'identity') void reply.header('content-encoding', encoding);
  void reply.type(file.type).send(await file.in(encoding));
}

const hasIt = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch?.split(',').some((each) => each.trim().replace(/^W\//, '') === etag) ?? false;
