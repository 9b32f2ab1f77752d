import type { OnApplicationShutdown } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { ResponsePurges } from '#registry-client';

/** Tag of all lists of products. */
export const LISTS = 'product-lists';

/** Tag of the responses that show one product alone. */
export const tagOf = (id: string): string => `product:${id}`;

/**
 * Gateways store reads and remove them when a product changes. The lifetime bounds how stale a response can be if a
 * purge is lost, for example when the process ends between commit and purge. Browsers validate each time.
 */
const FRESHNESS = 'public, max-age=0, s-maxage=60';

/** Lets gateways store a response until one of its tags is purged. */
export const letGatewaysStore = (reply: FastifyReply, tag: string): void =>
  void reply.header('cache-control', FRESHNESS).header('cache-tag', tag);

/** What gateways have stored of the product catalogue. */
export class CatalogueCache implements OnApplicationShutdown {
  constructor(private readonly purges: ResponsePurges) {}

  /** Removes the responses that show these products. Call it after the commit, before the response. */
  removeProducts(ids: Iterable<string>): Promise<void> {
    return this.purges.purge([LISTS, ...Array.from(ids, tagOf)]);
  }

  onApplicationShutdown(): Promise<void> {
    return this.purges.stop();
  }
}
