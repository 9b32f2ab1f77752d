import { IsEmail } from 'class-validator';
import { IsText } from '../validation/is-text.js';
import { MayBeAbsent } from '../validation/optional.js';

/** A user as `/users` answers it. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Body of `POST /users` and `PUT /users/{id}`. */
export class UserDto {
  /** Unique among users, whatever its case. */
  @IsEmail()
  @IsText({ max: 254 })
  email!: string;

  @IsText({ max: 200 })
  name!: string;
}

/** Body of `PATCH /users/{id}`: the members to change (RFC 7396). */
export class UserPatchDto {
  @MayBeAbsent()
  @IsEmail()
  @IsText({ max: 254 })
  email?: string;

  @MayBeAbsent()
  @IsText({ max: 200 })
  name?: string;
}
