import { Controller, Get, Headers, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PROBLEM_URN } from '#contracts';
import { acceptedLanguage, acceptedType, DescribeOperation, type NamedSchema } from '#service-kit';
import { PROBLEM_PAGE_POLICY, problemPage } from './problem-page.js';
import type { Language } from './problem-type.js';
import { PROBLEM_TYPES } from './problem-types.js';

const HTML = 'text/html';
const LANGUAGES: readonly Language[] = ['en', 'ko'];
const text = { type: 'string' };

/** A problem type in JSON. */
interface ProblemTypeView {
  readonly type: string;
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly meaning: string;
}

const properties: Readonly<Record<keyof ProblemTypeView, object>> = {
  type: { ...text, format: 'uri' },
  code: text,
  status: { type: 'integer' },
  title: text,
  meaning: { ...text, description: 'in the language of the request, English or Korean; Markdown' },
};

const PROBLEM_TYPE_LIST: NamedSchema = {
  name: 'ProblemTypeList',
  schema: { type: 'array', items: { type: 'object', required: Object.keys(properties), properties } },
};

/** Explains every problem type: the code of a problem is the anchor of its explanation. */
@Controller('docs/problems')
export class ProblemsController {
  @DescribeOperation({
    summary: 'Explain the problem types, as a page (text/html) or JSON, in English or Korean',
    body: PROBLEM_TYPE_LIST,
  })
  @Get()
  read(
    @Headers('accept') accept: string | undefined,
    @Headers('accept-language') languages: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string | readonly ProblemTypeView[] {
    const language = acceptedLanguage(languages, LANGUAGES);
    void reply.headers({ vary: 'accept, accept-language', 'content-language': language });
    if (acceptedType(accept, ['application/json', HTML]) !== HTML)
      return PROBLEM_TYPES.map(({ meaning, ...each }) => ({
        type: PROBLEM_URN + each.code,
        ...each,
        meaning: meaning[language],
      }));
    void reply.type(`${HTML}; charset=utf-8`).headers({
      'content-security-policy': PROBLEM_PAGE_POLICY,
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
    return problemPage(PROBLEM_TYPES, language);
  }
}
