import { AddressRanges } from '../../address-ranges.js';

export { plainAddress } from '../../address-ranges.js';

/** Whose forwarding fields are believed: ask once per connection. */
export class TrustedProxies extends AddressRanges {}
