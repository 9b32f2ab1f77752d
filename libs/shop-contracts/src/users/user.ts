import { IsEmail } from 'class-validator';
import { AcceptsReadOnlyMembers, IsText, MayBeAbsent } from '#contracts';

/** A user as `/users` returns it. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Body of `POST /users`. */
export class UserDto {
  /** Unique among users, compared without regard to case. */
  @IsEmail()
  @IsText({ max: 254 })
  email!: string;

  @IsText({ max: 200 })
  name!: string;
}

/** Body of `PUT /users/{id}`: a new user, or a user returned by `GET` with changed values. */
@AcceptsReadOnlyMembers()
export class UserReplacementDto extends UserDto {}

/** Body of `PATCH /users/{id}`: the members to change (RFC 7396). */
@AcceptsReadOnlyMembers()
export class UserPatchDto {
  @MayBeAbsent()
  @IsEmail()
  @IsText({ max: 254 })
  email?: string;

  @MayBeAbsent()
  @IsText({ max: 200 })
  name?: string;
}
