import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { CloudEvent } from '#contracts';
import { OnEvent } from '#service-kit';
import { productChanged, productCreated, productDeleted, stockChanged } from '#shop-contracts';
import { CatalogueCache } from './catalogue-cache.js';

/**
 * Removes the stored responses that show a changed product. The request that changed it has done so already, before its
 * response; this handler does it again if the process ended in between, or no gateway was reached.
 */
@Controller()
export class CatalogueEvents {
  constructor(private readonly cache: CatalogueCache) {}

  @OnEvent(productCreated, productChanged, productDeleted, stockChanged)
  remove(@Payload() { subject }: CloudEvent): Promise<void> {
    return this.cache.removeProducts([subject]);
  }
}
