import { linkTo } from '../../state/location';
import { useTexts } from '../../text/language';
import { METHODS, type Question } from './explanation';
import { TEXTS } from './texts';

export interface QuestionFormProps {
  readonly question: Question;
  /** Services for examples. */
  readonly services: readonly string[];
}

const MOST_EXAMPLES = 4;

/** The request to explain. It becomes the address of the view, so that an explanation can be shared. */
export function QuestionForm({ question, services }: QuestionFormProps) {
  const texts = useTexts(TEXTS);
  const submit = (event: SubmitEvent & { readonly currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const query: Record<string, string> = {};
    for (const [name, value] of new FormData(event.currentTarget))
      if (typeof value === 'string' && value !== '') query[name] = value;
    window.location.hash = linkTo('explain', query);
  };
  return (
    <form class="question" onSubmit={submit} key={JSON.stringify(question)}>
      <label class="field">
        <span>{texts.method}</span>
        <select class="input" name="method">
          {METHODS.map((method) => (
            <option key={method} selected={method === question.method}>
              {method}
            </option>
          ))}
        </select>
      </label>
      <TextField
        label={texts.path}
        class="question-path"
        name="path"
        required
        pattern="/.*"
        placeholder="/api/SERVICE/…"
        defaultValue={question.path}
      />
      <label class="field question-headers">
        <span>{texts.headers}</span>
        <textarea
          class="input mono"
          name="headers"
          rows={2}
          spellcheck={false}
          placeholder={texts.headersPlaceholder}
          defaultValue={question.headers}
        />
      </label>
      <TextField label={texts.client} name="client" placeholder="192.0.2.1" defaultValue={question.client} />
      <TextField label={texts.at} name="at" placeholder="2026-01-31T12:00:00Z" defaultValue={question.at} />
      <button type="submit" class="button button-primary">
        {texts.explain}
      </button>
      {services.length > 0 && (
        <p class="question-examples">
          <span class="muted">{texts.examples}</span>
          {services.slice(0, MOST_EXAMPLES).map((service) => (
            <a key={service} class="tag" href={linkTo('explain', { path: `/api/${service}/` })}>
              /api/{service}/
            </a>
          ))}
        </p>
      )}
    </form>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly class?: string;
  readonly name: keyof Question;
  readonly required?: boolean;
  readonly pattern?: string;
  readonly placeholder: string;
  readonly defaultValue: string;
}

/** A field for a value that browsers should neither correct nor complete. */
const TextField = ({ label, class: name = '', ...input }: TextFieldProps) => (
  <label class={`field ${name}`}>
    <span>{label}</span>
    <input class="input mono" spellcheck={false} autocomplete="off" {...input} />
  </label>
);
