import { AddressRanges } from '../../../config/address-ranges.js';

export { plainAddress } from '../../../config/address-ranges.js';

/** Proxies whose forwarding fields are accepted. Evaluate once per connection. */
export class TrustedProxies extends AddressRanges {}
