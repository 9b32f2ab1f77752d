const ESC = '\u001b[';
// The alternate screen keeps what the terminal showed; without wrapping, the terminal cuts long lines itself.
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l`;
const LEAVE = `${ESC}?7h${ESC}?25h${ESC}?1049l`;
const [HOME, CLEAR_LINE, CLEAR_BELOW] = [`${ESC}H`, `${ESC}K`, `${ESC}J`];

const CTRL_C = '\u0003';

/** The whole terminal, for one program that draws frames. It is as before after `close`, and whenever the process ends. */
export class Screen {
  #input;
  #output;
  #quit = new AbortController();
  #isOpen = true;
  #resized = () => undefined;
  #close = () => this.close();
  #keys = (text) => {
    if (text.includes('q') || text.includes(CTRL_C)) this.#quit.abort();
  };

  constructor(input, output) {
    this.#input = input;
    this.#output = output;
    // Node emits it before it prints an uncaught error, which the alternate screen would take along.
    process.once('exit', this.#close);
    if (input.isTTY) input.setRawMode(true).setEncoding('utf8').on('data', this.#keys).resume();
    output.write(ENTER);
  }

  /** Aborted by the keys that end the program. */
  get quit() {
    return this.#quit.signal;
  }

  /** @param linesFor returns the lines of a frame of so many rows */
  draw(linesFor) {
    if (!this.#isOpen) return;
    const lines = linesFor(this.#output.rows).slice(0, this.#output.rows);
    this.#output.write(`${HOME}${lines.map((line) => line + CLEAR_LINE).join('\n')}${CLEAR_BELOW}`);
  }

  onResize(listener) {
    this.#resized = listener;
    this.#output.on('resize', listener);
  }

  close() {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.off('exit', this.#close);
    this.#output.off('resize', this.#resized).write(LEAVE);
    if (this.#input.isTTY) this.#input.off('data', this.#keys).setRawMode(false).pause();
  }
}
