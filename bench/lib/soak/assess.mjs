import { median } from '../median.mjs';

// V8 allocates memory in steps and releases it at any time: only more than that counts as growth.
const MEMORY = { field: 'rssMb', what: 'resident memory', unit: ' MB', share: 0.1, slack: 24 };
const DESCRIPTORS = { field: 'descriptors', what: 'file descriptors', unit: '', share: 0.1, slack: 16 };

/** Compares the second fifth of the samples with the last; the first is the warm-up. */
function compare(samples, { field, what, unit, share, slack }) {
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  const early = median(samples.slice(fifth, 2 * fifth).map((sample) => sample[field]));
  const late = median(samples.slice(-fifth).map((sample) => sample[field]));
  const text = `${what}: ${early.toFixed(0)}${unit} early, ${late.toFixed(0)}${unit} late`;
  return { text, ok: late <= early * (1 + share) + slack };
}

/** The results of a soak test: one line each, and whether it passes. */
export function assess({ samples, load, descriptorsBefore, descriptorsAfter }) {
  return [
    compare(samples, MEMORY),
    compare(samples, DESCRIPTORS),
    {
      text: `file descriptors after the load: ${descriptorsAfter}, before it: ${descriptorsBefore}`,
      ok: descriptorsAfter <= descriptorsBefore + DESCRIPTORS.slack,
    },
    {
      text: [`${load.total} turns, ${load.failed} failed`, ...load.failures].join('\n  '),
      ok: load.failed === 0 && Object.values(load.turns).every((count) => count > 0),
    },
  ];
}
