import type { Destination } from './destination.js';

/**
 * The route of a routed exchange.
 * @throws Error if the exchange has no route
 */
export function destinationOf({ route }: { readonly route: Destination | undefined }): Destination {
  if (!route) throw new Error('an exchange has a route before it is forwarded');
  return route;
}
