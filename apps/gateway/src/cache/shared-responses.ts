import type { PurgePosition } from './purges/shared-purges.js';
import type { HeaderOf } from './rules/vary.js';
import type { StoredResponse } from './stored-response.js';

/** Stored responses that gateways share, beside those that each of them keeps. */
export interface SharedResponses {
  /** Whether a look-up is of use now. */
  readonly isAvailable: boolean;
  /** The position in the order of purges, for a request that is about to be sent to an instance. */
  readonly position: PurgePosition | undefined;
  /** The response that a request selects; `undefined` if there is none, or not in time. Never rejects. */
  find(key: string, headerOf: HeaderOf): Promise<StoredResponse | undefined>;
  /**
   * Stores a response in the background.
   * @param position when its request was sent
   */
  store(key: string, response: StoredResponse, position: PurgePosition | undefined): void;
}
