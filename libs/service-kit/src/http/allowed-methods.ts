import type { FastifyInstance } from 'fastify';
import findMyWay, { type HTTPMethod } from 'find-my-way';
import { METHODS } from 'node:http';
import { methodNotAllowed } from '#contracts';

/** The methods that the paths of an app support. */
class PathMethods {
  private readonly router = findMyWay();
  private readonly methods = new Set<HTTPMethod>();

  add(method: HTTPMethod, path: string): void {
    if (!METHODS.includes(method) || this.router.hasRoute(method, path)) return;
    this.methods.add(method);
    this.router.on(method, path, () => undefined);
  }

  at(path: string): readonly HTTPMethod[] {
    return [...this.methods].filter((method) => this.router.find(method, path) !== null);
  }
}

/**
 * Responds with 405 and `Allow` (RFC 9110, section 15.5.6) to a method that a path does not support, where fastify
 * would return 404, and to `OPTIONS` with the supported methods (section 9.3.7). Must be called before routes are
 * added.
 */
export function respondWithAllowedMethods(fastify: FastifyInstance): void {
  const paths = new PathMethods();
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) paths.add(each as HTTPMethod, url);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    const known = request.is404 ? paths.at(request.url.split('?', 1)[0] as string) : [];
    if (known.length === 0) {
      done();
      return;
    }
    const allow = [...known, 'OPTIONS'].join(', ');
    if (request.method === 'OPTIONS') void reply.status(204).header('allow', allow).send();
    else done(methodNotAllowed(`this path allows ${allow}`, { headers: { allow } }));
  });
}
