import { registerDecorator, type ValidationArguments } from 'class-validator';
import { isTime } from '#contracts';
import { wordsOf } from './words.js';

const magnitudeOf = (value: unknown): number => (isTime(value) ? Date.parse(value) : Number(value));

/** A text with 1 to {@link MAX_SEARCHED_WORDS} words: PostgreSQL plans a search by many words for seconds. */
export const HasWords = (): PropertyDecorator => (target, property) =>
  registerDecorator({
    name: 'hasWords',
    target: target.constructor,
    propertyName: property as string,
    validator: {
      validate: (value: unknown) => {
        const words = typeof value === 'string' ? wordsOf(value).length : 0;
        return words > 0 && words <= MAX_SEARCHED_WORDS;
      },
      defaultMessage: () => `$property must have 1 to ${MAX_SEARCHED_WORDS} words of letters and digits`,
    },
  });

const MAX_SEARCHED_WORDS = 8;

/** The upper bound of a range, whose lower bound is the member `lower`: an integer or a time. */
export const IsNotBelow =
  (lower: string): PropertyDecorator =>
  (target, property) =>
    registerDecorator({
      name: 'isNotBelow',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        // A lower bound that is absent or invalid is no reason to refuse the upper one.
        validate: (value: unknown, { object }: ValidationArguments) =>
          !(magnitudeOf((object as Record<string, unknown>)[lower]) > magnitudeOf(value)),
        defaultMessage: () => `$property must not be below ${lower}`,
      },
    });
