import { IsIn } from 'class-validator';
import { IsText, IsTime, MayBeAbsent } from '#contracts';
import { DescribeParameter } from '../docs/describe-parameter.js';
import type { ListDefinition, Lookup, LookupTable } from './list-definition.js';
import { PageQueryDto } from './page.js';
import { HasWords, IsNotBelow } from './query-rules.js';
import { wordsOf } from './words.js';

export const COUNTS = ['exact', 'estimate'] as const;
export type CountKind = (typeof COUNTS)[number];

/** The query parameters of a list with filters. A list adds its own filters, and {@link IsSortOf}. */
export class ListQueryDto extends PageQueryDto {
  @DescribeParameter({
    description:
      'adds `count` to the response: `exact` takes time in proportion to the number of items, `estimate` does not',
    example: 'estimate',
  })
  @MayBeAbsent()
  @IsIn(COUNTS)
  count?: CountKind;

  @DescribeParameter({ description: 'created at this time or later', example: '2026-01-01T00:00:00Z' })
  @MayBeAbsent()
  @IsTime()
  createdFrom?: string;

  @DescribeParameter({ description: 'created before this time', example: '2027-01-01T00:00:00Z' })
  @MayBeAbsent()
  @IsNotBelow('createdFrom')
  @IsTime()
  createdTo?: string;

  sort?: string;
}

/** The member `sort` of a query for `list`: a member in `list.sorts`, with `-` for the descending order. */
export const IsSortOf = ({ sorts }: ListDefinition): PropertyDecorator => {
  const accepted = Object.keys(sorts).flatMap((member) => [member, `-${member}`]);
  const decorators = [
    DescribeParameter({ description: 'order of the items; `-` for descending', example: '-createdAt' }),
    MayBeAbsent(),
    IsIn(accepted),
  ];
  return applyAll(decorators);
};

/** A member with words to search for. */
export const IsSearch = (description: string, example: string): PropertyDecorator =>
  applyAll([DescribeParameter({ description, example }), MayBeAbsent(), HasWords(), IsText({ max: 200 })]);

const applyAll =
  (decorators: readonly PropertyDecorator[]): PropertyDecorator =>
  (target, property) =>
    decorators.forEach((decorate) => decorate(target, property));

/** The filter for rows that have all words of `text`. */
export const searchOf = (by: LookupTable, text: string | undefined): Lookup | undefined =>
  text === undefined ? undefined : { by, keys: wordsOf(text) };

/** The bounds of `createdAt` in a query. */
export const creationTimes = ({ createdFrom, createdTo }: ListQueryDto) => ({
  min: createdFrom === undefined ? undefined : Date.parse(createdFrom),
  // Rows have whole milliseconds.
  max: createdTo === undefined ? undefined : Date.parse(createdTo) - 1,
});
