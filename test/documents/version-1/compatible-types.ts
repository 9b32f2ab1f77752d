import type { OrderServicePaths, ProductServicePaths, UserServicePaths } from '#shop-contracts';
import type {
  MethodOf,
  OperationInput,
  OperationOf,
  OperationResponse,
} from '../../../libs/registry-client/src/client/operation-types.js';
import type { paths as Orders } from './order-service.js';
import type { paths as Products } from './product-service.js';
import type { paths as Users } from './user-service.js';

type Success<Operation> = Extract<OperationResponse<Operation>, { status: 200 | 201 | 202 | 204 }>['body'];

/** `never` if a caller of the first operation can call the second one. */
type Broken<Name, First, Second> =
  OperationInput<First> extends OperationInput<Second>
    ? Success<Second> extends Success<First>
      ? never
      : [Name, 'response']
    : [Name, 'input'];

/** The operations of `First` that its callers cannot call in `Second`, or whose responses they cannot read. */
type BrokenIn<First, Second> = {
  [Path in keyof First]: Path extends keyof Second
    ? {
        [Method in MethodOf<First[Path]>]: Broken<
          [Method, Path],
          OperationOf<First[Path], Method>,
          OperationOf<Second[Path], Method>
        >;
      }[MethodOf<First[Path]>]
    : [Path, 'removed'];
}[keyof First];

type None<Operations extends never> = Operations;

/** Compiled only while programs that were compiled with version 1 can be compiled with the present documents. */
export type Compatible = [
  None<BrokenIn<Users, UserServicePaths>>,
  None<BrokenIn<Products, ProductServicePaths>>,
  None<BrokenIn<Orders, OrderServicePaths>>,
];
