import type { Destination } from './destination.js';

/** The route of an exchange that has been routed. */
export function destinationOf({ route }: { readonly route: Destination | undefined }): Destination {
  if (!route) throw new Error('an exchange has a route before it is forwarded');
  return route;
}
