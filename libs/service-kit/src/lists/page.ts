import { IsText, IsWholeNumber, MayBeAbsent, QueryInteger } from '#contracts';

/** One page of a list. */
export class Page<T> {
  /** How many items the whole list has; only in responses to requests that ask for it. */
  declare readonly count?: number;

  /** @param nextCursor the cursor of the next page; `null` on the last page */
  constructor(
    readonly items: readonly T[],
    readonly nextCursor: string | null,
    count?: number,
  ) {
    if (count !== undefined) this.count = count;
  }
}

/** The query parameters of every list. */
export class PageQueryDto {
  /** Maximum number of items, 1 to 200. */
  @MayBeAbsent()
  @QueryInteger()
  @IsWholeNumber(1, 200)
  limit = 50;

  /** `nextCursor` of the previous page, opaque to clients. */
  @MayBeAbsent()
  @IsText({ max: 2048 })
  cursor?: string;
}
