import { Matches, MaxLength } from 'class-validator';
import { MayBeAbsent } from '#contracts';

/** Query of `GET /discovery/explain`. */
export class ExplainQuery {
  /** An HTTP method; default `GET`. */
  @MayBeAbsent()
  @Matches(/^[A-Za-z-]{1,32}$/, { message: 'method must consist of letters' })
  method?: string;

  /** A path as sent by a client, with or without a query: `/api/user-service/users?limit=5`. */
  @MaxLength(8192)
  @Matches(/^\/[\x21-\x7e]*$/, {
    message: 'path must start with "/" and contain only visible ASCII characters',
  })
  path!: string;
}
