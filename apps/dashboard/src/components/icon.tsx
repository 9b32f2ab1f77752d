const PATHS = {
  gateway: 'M2.5 5h4l3 6h4M2.5 11h4l3-6h4M11.5 3l2 2-2 2M11.5 9l2 2-2 2',
  ok: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM5.2 8.2l2 2 3.6-4.2',
  warning: 'M8 2 14.5 13.5h-13ZM8 6.2v3.4M8 11.6v.2',
  critical: 'M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3ZM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  neutral: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM5 8h6',
  starting: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM8 4.5V8l2.3 1.6',
  draining: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM8 4.5v6M5.7 8.3 8 10.6l2.3-2.3',
  live: 'M8 7a1 1 0 1 0 0 2 1 1 0 0 0 0-2ZM4.8 4.8a4.5 4.5 0 0 0 0 6.4M11.2 4.8a4.5 4.5 0 0 1 0 6.4',
  lost: 'M8 7a1 1 0 1 0 0 2 1 1 0 0 0 0-2ZM4.8 4.8a4.5 4.5 0 0 0 0 6.4M11.2 4.8a4.5 4.5 0 0 1 0 6.4M2.5 2.5l11 11',
  light:
    'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M3 13l1.2-1.2M11.8 4.2 13 3',
  dark: 'M13.5 9.6A6 6 0 0 1 6.4 2.5a5.9 5.9 0 1 0 7.1 7.1Z',
  expand: 'M6 3.5 10.5 8 6 12.5',
  collapse: 'M3.5 6 8 10.5 12.5 6',
  more: 'M3.5 8v.01M8 8v.01M12.5 8v.01',
} as const;
export type IconName = keyof typeof PATHS;

/** A small decorative picture; the text beside it says the same. */
export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg
    class="icon"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width={name === 'more' ? '2.4' : '1.5'}
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d={PATHS[name]} />
  </svg>
);
