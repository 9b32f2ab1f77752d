import type { ViewProps } from '../view-props';

export const View = (_: ViewProps) => <p>services</p>;
