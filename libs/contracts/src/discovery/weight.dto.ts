import { MAX_WEIGHT } from './registration-rules.js';
import { IsWholeNumber } from '../validation/is-whole-number.js';

/** Body of `PUT /discovery/services/{id}/weight`. */
export class WeightDto {
  /** Share of traffic relative to the other instances of the service; an instance with 0 receives none. */
  @IsWholeNumber(0, MAX_WEIGHT)
  weight!: number;
}
