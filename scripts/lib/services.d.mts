export declare const SERVICES: readonly string[];
export declare function portVariableOf(name: string): string;
