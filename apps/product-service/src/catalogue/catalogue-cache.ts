import type { OnApplicationShutdown } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { ResponsePurges } from '#registry-client';

/** Tag of all lists of products. */
export const LISTS = 'product-lists';

/** Tag of the responses that show one product alone. */
export const tagOf = (id: string): string => `product:${id}`;

/** How long gateways store a response at most. */
export const MAX_STORED_SECONDS = 60;

const REMEMBERED_PRODUCTS = 10_000;

/**
 * Gateways store reads and remove them when a product changes. The lifetime bounds how stale a response can be if a
 * purge is lost, for example when the process ends between commit and purge. Browsers validate each time.
 */
const FRESHNESS = `public, max-age=0, s-maxage=${MAX_STORED_SECONDS}`;

/** Lets gateways store a response until one of its tags is purged. */
export const letGatewaysStore = (reply: FastifyReply, tag: string): void =>
  void reply.header('cache-control', FRESHNESS).header('cache-tag', tag);

/** What gateways have stored of the product catalogue. */
export class CatalogueCache implements OnApplicationShutdown {
  /** When this process last purged a product, in epoch milliseconds. */
  private readonly purgedAt = new LRUCache<string, number>({ max: REMEMBERED_PRODUCTS });

  constructor(private readonly purges: ResponsePurges) {}

  /** Removes the responses that show these products. Call it after the commit, before the response. */
  removeProducts(ids: readonly string[]): Promise<void> {
    const now = Date.now();
    for (const id of ids) this.purgedAt.set(id, now);
    return this.purges.purge([LISTS, ...ids.map(tagOf)]);
  }

  /** Like {@link removeProducts}, unless this process has purged the product since `changedAt`, in epoch milliseconds. */
  async removeChanged(id: string, changedAt: number): Promise<void> {
    if ((this.purgedAt.get(id) ?? 0) < changedAt) await this.removeProducts([id]);
  }

  onApplicationShutdown(): Promise<void> {
    return this.purges.stop();
  }
}
