import { AcceptsReadOnlyMembers, IsText, MayBeAbsent, MayBeRemoved } from '#contracts';

/** A sample item as `/sample-items` returns it. */
export interface SampleItem {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Body of `POST /sample-items`. */
export class SampleItemDto {
  @IsText({ max: 200 })
  name!: string;

  @MayBeRemoved()
  @IsText({ min: 0, max: 4000 })
  description?: string | null;
}

/** Body of `PUT /sample-items/{id}`: a new sample item, or a sample item returned by `GET` with changed values. */
@AcceptsReadOnlyMembers()
export class SampleItemReplacementDto extends SampleItemDto {}

/** Body of `PATCH /sample-items/{id}`: the members to change; `description: null` removes it (RFC 7396). */
@AcceptsReadOnlyMembers()
export class SampleItemPatchDto {
  @MayBeAbsent()
  @IsText({ max: 200 })
  name?: string;

  @MayBeRemoved()
  @IsText({ min: 0, max: 4000 })
  description?: string | null;
}
