import { useEffect, useRef } from 'preact/hooks';

export interface FilterInputProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, select, textarea, dialog *');

/** The filter of a view; the key `/` focuses it, Escape empties it. */
export function FilterInput({ label, value, onChange }: FilterInputProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener('keydown', focus);
    return () => window.removeEventListener('keydown', focus);
  }, []);
  return (
    <div class="filter" role="search">
      <input
        ref={input}
        type="search"
        class="input"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={label}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}
