import { useFormat } from '../text/language';

export interface AgoProps {
  /** ISO 8601. */
  readonly at: string;
  /** The gateway's time, `state.at`: its clock may differ from the browser's. */
  readonly now: string;
}

/** How long ago a time was; pointing at it shows the time. */
export function Ago({ at, now }: AgoProps) {
  const format = useFormat();
  return (
    <time class="nowrap" dateTime={at} title={format.dateTime(at)}>
      {format.relative(at, now)}
    </time>
  );
}
