import { IsIn } from 'class-validator';
import { MayBeAbsent } from '../validation/optional.js';
import { HISTORY_PERIODS, type HistoryPeriod } from './dashboard-state.js';

/** Query of `GET /dashboard/history`. */
export class HistoryQueryDto {
  /** `15m` if absent. */
  @MayBeAbsent()
  @IsIn(HISTORY_PERIODS)
  period?: HistoryPeriod;
}
