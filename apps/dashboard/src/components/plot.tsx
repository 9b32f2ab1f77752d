import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './plot.css';
import { formatOf } from '../text/format';
import { useLanguage, type Language } from '../text/language';
import { useTheme } from '../state/theme';

interface PlotLine {
  readonly label: string;
  /** Name of the colour in the design tokens. */
  readonly colour: 'accent' | 'critical' | 'warning' | 'muted';
  readonly values: readonly (number | null)[];
}

export interface PlotProps {
  readonly title: string;
  /** Seconds since the epoch. */
  readonly at: readonly number[];
  readonly lines: readonly PlotLine[];
  /** Writes a value for the axis and the legend. */
  readonly write: (value: number) => string;
  /** The axis reaches at least this far, so that noise does not look like a peak. */
  readonly atLeast: number;
}

const HEIGHT = 132;
/** The last label of the axis of time may stand at the right end: half the width of hours, minutes and seconds. Pixels. */
const HALF_LABEL = 28;
/** Plots of a view show the same time under the pointer. */
const SYNC = 'plots';

/** The value of a colour token in the present theme; a canvas does not resolve `light-dark()`. */
function colourOf(element: HTMLElement, token: string): string {
  element.style.color = `var(--${token})`;
  const { color } = getComputedStyle(element);
  element.style.removeProperty('color');
  return color;
}

/** A second is missing when a sample was late; the line goes on. */
const BRIDGED_SECONDS = 5;
const onlyLongGaps: uPlot.Series.GapsRefiner = (plot, _series, _first, _last, gaps) =>
  gaps.filter(
    ([from, to]) => plot.posToVal(to, 'x', true) - plot.posToVal(from, 'x', true) > BRIDGED_SECONDS,
  );

const clockOf = (language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...options });

function optionsOf(element: HTMLElement, props: PlotProps, language: Language): uPlot.Options {
  const { lines, write, atLeast } = props;
  const [line, muted] = [colourOf(element, 'line'), colourOf(element, 'muted')];
  const [clock, clockWithSeconds] = [clockOf(language, {}), clockOf(language, { second: '2-digit' })];
  const axis = { stroke: muted, font: '11px system-ui, sans-serif', grid: { stroke: line, width: 1 } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [6, HALF_LABEL, 0, 0],
    cursor: { y: false, sync: { key: SYNC }, drag: { setScale: false, x: false } },
    scales: { y: { range: (_, _low, high) => [0, Math.max(high, atLeast) * 1.05] } },
    series: [
      { value: (_, at) => formatOf(language).time(new Date(at * 1000).toISOString()) },
      ...lines.map(({ label, colour }) => ({
        label,
        stroke: colourOf(element, colour),
        width: 1.5,
        points: { show: false },
        gaps: onlyLongGaps,
        value: (_: uPlot, value: number | null) => (value === null ? '–' : write(value)),
      })),
    ],
    axes: [
      {
        ...axis,
        grid: { show: false },
        ticks: { stroke: line, size: 4 },
        size: 24,
        gap: 2,
        space: 72,
        values: (_, times, _axis, _space, stepSeconds) =>
          times.map((at) => (stepSeconds < 60 ? clockWithSeconds : clock).format(at * 1000)),
      },
      {
        ...axis,
        ticks: { show: false },
        size: 58,
        gap: 6,
        space: 32,
        values: (_, values) => values.map((value) => write(value)),
      },
    ],
    legend: { show: lines.length > 1, live: false },
  };
}

/** A plot over time. A screen reader reads its title; the present figures stand elsewhere in the view. */
export function Plot(props: PlotProps) {
  const language = useLanguage();
  const theme = useTheme();
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const data = [props.at, ...props.lines.map(({ values }) => values)] as uPlot.AlignedData;
  useEffect(() => {
    if (!element.current) return;
    const target = element.current;
    const created = new uPlot(optionsOf(target, props, language), data, target);
    plot.current = created;
    const resize = new ResizeObserver(() => created.setSize({ width: target.clientWidth, height: HEIGHT }));
    resize.observe(target);
    return () => {
      resize.disconnect();
      created.destroy();
    };
  }, [language, theme]);
  useEffect(() => plot.current?.setData(data), [props.at, props.lines]);
  return (
    <figure class="plot" aria-label={props.title}>
      <figcaption>{props.title}</figcaption>
      <div ref={element} />
    </figure>
  );
}
