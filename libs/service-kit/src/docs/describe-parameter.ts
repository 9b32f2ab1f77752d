/** Meaning and example of a query parameter, for the OpenAPI document. */
export interface ParameterDescription {
  readonly description: string;
  readonly example?: string | number;
}

const PARAMETERS = Symbol('parameter descriptions');

/** Describes the query parameter of a DTO's member. */
export const DescribeParameter =
  (description: ParameterDescription): PropertyDecorator =>
  (target, property) =>
    Reflect.defineMetadata(PARAMETERS, description, target, property);

/** The description of the member `name` of `dto`. */
export const parameterOf = (dto: object, name: string): ParameterDescription | undefined =>
  Reflect.getMetadata(PARAMETERS, dto, name) as ParameterDescription | undefined;
