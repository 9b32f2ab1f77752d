import { stripControl } from '../terminal/text.mjs';

const SET_TOKEN = 'set REGISTRY_TOKEN or --token-file to the token of the registry';

/** By status. */
const NEXT_STEPS = {
  401: SET_TOKEN,
  403: `${SET_TOKEN}, or run the command on the machine of the gateway`,
  404: '"services" lists what the gateway knows',
  503: 'try again in a few seconds',
};

/** Why there is no response. If `fetch` refuses the request itself, its message quotes header fields and URLs. */
export function unreachable(error) {
  const refused = error instanceof TypeError ? 'the request is invalid' : error.message;
  const cause = error.cause?.code ?? error.cause?.message ?? refused;
  return `the gateway cannot be reached (${cause}); start it, or name another one by --gateway URL or GATEWAY_URL`;
}

/** The response is not that of a gateway. */
export const noGateway = (path) =>
  `${path.split('?')[0]} is not that of an MSA Gateway; name the gateway, or its ADMIN_PORT, by --gateway URL`;

/** A problem document (RFC 9457) in one line, with the next step. */
export function problemText(status, text, path) {
  const problem = parsed(text);
  if (typeof problem?.title !== 'string')
    return `${path.split('?')[0]} responded ${status}; ${noGateway(path)}`;
  const errors = (problem.errors ?? []).map(({ detail }) => detail);
  const reason = [problem.detail, ...errors].filter(Boolean).join('; ');
  const next = NEXT_STEPS[status] ? `; ${NEXT_STEPS[status]}` : '';
  return stripControl(`${problem.title} (${status}): ${reason}${next}`);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
