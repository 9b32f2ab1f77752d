import { IsInt, Max, Min } from 'class-validator';
import { MAX_WEIGHT } from './registration-rules.js';

/** Body of `PUT /discovery/services/{id}/weight`. */
export class WeightDto {
  /** Share of traffic relative to the other instances of the service; an instance with 0 receives none. */
  @IsInt()
  @Min(0)
  @Max(MAX_WEIGHT)
  weight!: number;
}
