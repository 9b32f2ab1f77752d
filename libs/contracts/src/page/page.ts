import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { IsText } from '../validation/is-text.js';
import { MayBeAbsent } from '../validation/optional.js';

/** One page of a list. `nextCursor` is the cursor of the next page; `null` on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** The query parameters of every list. */
export class PageQueryDto {
  /** Maximum number of items, 1 to 200. */
  @MayBeAbsent()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;

  /** `nextCursor` of the previous page, opaque to clients. */
  @MayBeAbsent()
  @IsText({ max: 512 })
  cursor?: string;
}
