import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { CloudEvent } from '#contracts';
import { OnEvent } from '#service-kit';
import { productChanged, productCreated, productDeleted, stockChanged } from '#shop-contracts';
import { CatalogueCache, MAX_STORED_SECONDS } from './catalogue-cache.js';

/**
 * Removes the stored responses that show a changed product. The request that changed it does so before its response;
 * this handler does it if the process ended in between.
 */
@Controller()
export class CatalogueEvents {
  constructor(private readonly cache: CatalogueCache) {}

  @OnEvent(productCreated, productChanged, productDeleted, stockChanged)
  async remove(@Payload() { subject, time }: CloudEvent): Promise<void> {
    const changedAt = Date.parse(time);
    const hasExpired = Date.now() - changedAt > MAX_STORED_SECONDS * 1000;
    if (!hasExpired) await this.cache.removeChanged(subject, changedAt);
  }
}
