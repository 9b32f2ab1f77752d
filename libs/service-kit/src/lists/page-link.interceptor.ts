import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tap, type Observable } from 'rxjs';
import { Representation } from '../http/versioned.js';
import { Page } from './page.js';

/** Adds `Link: <…>; rel="next"` (RFC 8288) to the pages of lists that have a next page. */
export class PageLinkInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { url } = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      tap((result: unknown) => {
        const page = result instanceof Representation ? (result.body as unknown) : result;
        if (page instanceof Page && page.nextCursor !== null)
          void reply.header('link', linkTo(url, page.nextCursor));
      }),
    );
  }
}

/** Without a path, so that the reference is also right below the prefix of a gateway. */
function linkTo(url: string, cursor: string): string {
  const [, query = ''] = url.split(/\?(.*)/s);
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return `<?${parameters.toString()}>; rel="next"`;
}
