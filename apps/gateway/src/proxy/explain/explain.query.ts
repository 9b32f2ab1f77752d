import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIP, Matches, MaxLength } from 'class-validator';
import { IsPastTime, MayBeAbsent } from '#contracts';
import { DescribeParameter } from '#service-kit';

const HEADER = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/;

/** Query of `GET /discovery/explain`. */
export class ExplainQuery {
  /** An HTTP method; default `GET`. */
  @MayBeAbsent()
  @Matches(/^[A-Za-z-]{1,32}$/, { message: 'method must consist of letters' })
  method?: string;

  /** A path as sent by a client, with or without a query: `/api/user-service/users?limit=5`. */
  @DescribeParameter({
    description: 'a path as a client sends it, with or without a query',
    example: '/api/user-service/users?limit=5',
  })
  @MaxLength(8192)
  @Matches(/^\/[\x21-\x7e]*$/, {
    message: 'path must start with "/" and contain only visible ASCII characters',
  })
  path!: string;

  /** Header fields of the request, each as `Name:value`; may be repeated. */
  @MayBeAbsent()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? [value] : value))
  @IsArray()
  @ArrayMaxSize(100)
  @MaxLength(8192, { each: true })
  @Matches(HEADER, { each: true, message: 'header must be a field name and a value, joined by ":"' })
  header?: string[];

  /** Address of the client, for policies that depend on it. */
  @MayBeAbsent()
  @IsIP(undefined, { message: 'client must be an IPv4 or IPv6 address' })
  client?: string;

  /** A time in the past, ISO 8601 with an offset: explains with the registry and the policy file of that time. */
  @MayBeAbsent()
  @IsPastTime()
  at?: string;
}
