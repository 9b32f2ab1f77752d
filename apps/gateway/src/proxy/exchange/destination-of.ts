import type { Destination } from './destination.js';

/**
 * The route of a routed exchange.
 * @throws Error if the exchange has no route
 */
export function destinationOf({ route }: { readonly route: Destination | undefined }): Destination {
  if (!route) throw new Error('exchange has no route');
  return route;
}
