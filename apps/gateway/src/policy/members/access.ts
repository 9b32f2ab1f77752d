import { isAddressRange } from '../../config/address-ranges.js';
import { list, mapping, optional, refined, report, text, type ValueOf } from '../shapes.js';

const ranges = list(
  text(
    (value) => (isAddressRange(value) ? value : undefined),
    'an IPv4 or IPv6 address, or a CIDR range of them',
  ),
);

/** Client addresses that may call. */
export const ACCESS = refined(
  mapping({
    allow: optional(ranges, { en: 'Only these addresses.', ko: '이 주소만 허용합니다.' }),
    deny: optional(ranges, {
      en: 'Not these addresses, even if `allow` has them.',
      ko: '`allow`에 있더라도 이 주소는 거부합니다.',
    }),
  }),
  (access, place) =>
    (access.allow ?? access.deny)
      ? access
      : report<typeof access>(place, `${place.path} must have "allow" or "deny"`),
);

export type AccessPolicy = ValueOf<typeof ACCESS>;
