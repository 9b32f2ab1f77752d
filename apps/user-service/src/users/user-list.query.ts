import { IsText, MayBeAbsent } from '#contracts';
import {
  creationTimes,
  DescribeParameter,
  IsSearch,
  IsSortOf,
  ListQueryDto,
  searchOf,
  type ListFilters,
} from '#service-kit';
import { emailKeyOf } from './email-key.js';
import { USER_LIST, USER_WORDS } from './user.table.js';

/** The query of `GET /users`. */
export class UserListQueryDto extends ListQueryDto {
  @DescribeParameter({ description: 'the user with this address, in any case', example: 'ada@example.com' })
  @MayBeAbsent()
  @IsText({ max: 254 })
  email?: string;

  @IsSearch('words of the name and the address, in any case', 'ada lovelace')
  q?: string;

  @IsSortOf(USER_LIST)
  override sort?: string;
}

export const filtersOf = (query: UserListQueryDto): ListFilters => ({
  equal: { email_key: query.email === undefined ? undefined : emailKeyOf(query.email) },
  ranges: { createdAt: creationTimes(query) },
  lookup: searchOf(USER_WORDS, query.q),
});
