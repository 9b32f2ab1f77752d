import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { IsText } from '../validation/is-text.js';
import { MayBeAbsent } from '../validation/optional.js';

/** One page of a list. `nextCursor` asks for the page after it; `null` on the last one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** The query of every list. */
export class PageQueryDto {
  /** How many items at most, 1 to 200. */
  @MayBeAbsent()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;

  /** `nextCursor` of the page before, opaque to clients. */
  @MayBeAbsent()
  @IsText({ max: 512 })
  cursor?: string;
}
