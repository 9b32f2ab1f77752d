import { ArrayMaxSize, ArrayMinSize, IsArray, Matches } from 'class-validator';
import { SERVICE_NAME } from '../discovery/registration-rules.js';
import { MayBeAbsent } from '../validation/optional.js';
import { MAX_PURGE_TAGS } from './max-purge-tags.js';

const PATH = /^\/[\x21\x22\x24-\x3e\x40-\x7e]{0,2047}$/;
/** Safe in a comma-separated list. */
const TAG = /^[\x21-\x2b\x2d-\x7e]{1,128}$/;

/**
 * Body of `POST /cache/purge`: selects stored responses that match every member, and has at least one. To empty the
 * cache, select the path `/*`.
 */
export class PurgeDto {
  /** Service in the path of the request. */
  @MayBeAbsent()
  @Matches(SERVICE_NAME, { message: 'service must match ^[a-z][a-z0-9-]{0,62}$' })
  service?: string;

  /** Path after `/api/{service}`, with any query; a `*` at its end stands for the rest of a path. */
  @MayBeAbsent()
  @Matches(PATH, {
    message:
      'path must start with "/" and have at most 2048 visible ASCII characters without query and fragment',
  })
  path?: string;

  /** The response has one of these tags. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_PURGE_TAGS)
  @Matches(TAG, {
    each: true,
    message: 'tags must have 1 to 128 visible ASCII characters without commas each',
  })
  tags?: string[];
}

/** Response of `POST /cache/purge`. */
export interface PurgeResult {
  /** Number of responses that the gateway has removed from its own memory. */
  readonly purged: number;
}
