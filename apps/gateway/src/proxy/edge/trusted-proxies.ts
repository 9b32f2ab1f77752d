import { AddressRanges } from '../../address-ranges.js';

export { plainAddress } from '../../address-ranges.js';

/** Proxies whose forwarding fields are accepted. Evaluate once per connection. */
export class TrustedProxies extends AddressRanges {}
